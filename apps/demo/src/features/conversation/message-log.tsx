import type { UseConversation } from '@dowellchat/client/react'
import { ArrowDown } from 'lucide-react'
import { Fragment, type ReactNode, useCallback } from 'react'
import { Problem } from '../../components/problem.tsx'
import { formatDay } from '../../lib/format.ts'
import { useTask } from '../../lib/use-task.ts'
import { groupMessages } from './grouping.ts'
import { MessageItem } from './message-item.tsx'
import { useLogScroll } from './use-log-scroll.ts'
import './message-log.css'

interface MessageLogProps {
  /** The conversation's name. */
  readonly name: string
  readonly conversation: Pick<UseConversation, 'messages' | 'hasOlder' | 'loadOlder'>
  /** Shown while there are no messages. */
  readonly empty: ReactNode
}

/** The messages of a conversation, oldest first. */
export function MessageLog({ name, conversation, empty }: MessageLogProps) {
  const { messages, hasOlder, loadOlder } = conversation
  const older = useTask(loadOlder)
  const { run, problem } = older
  // After a failure, wait for the reader to press the button.
  const canAsk = hasOlder && problem === null
  const askForOlder = useCallback(() => void (canAsk && run()), [canAsk, run])
  const { log, onScroll, hasNews, toEnd } = useLogScroll(messages, askForOlder)

  function showNews(): void {
    toEnd()
    log.current?.focus()
  }

  return (
    <div className="log-frame">
      <div
        ref={log}
        role="log"
        aria-label={name}
        aria-busy={older.isPending}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard
        tabIndex={0}
        className="log"
        onScroll={onScroll}
      >
        <div className="log-content">
          {hasOlder && <OlderMessages problem={problem} onRetry={() => void run()} />}
          {messages.length === 0 && empty}
          {groupMessages(messages).map(({ row, startsDay, startsGroup }) => (
            <Fragment key={row.key}>
              {startsDay && (
                <p className="log-day">
                  <span>{formatDay(row.message.created_at)}</span>
                </p>
              )}
              <MessageItem row={row} startsGroup={startsGroup} />
            </Fragment>
          ))}
        </div>
      </div>
      {hasNews && (
        <button type="button" className="button primary small log-news" onClick={showNews}>
          <ArrowDown aria-hidden /> New messages
        </button>
      )}
    </div>
  )
}

interface OlderMessagesProps {
  readonly problem: string | null
  readonly onRetry: () => void
}

function OlderMessages({ problem, onRetry }: OlderMessagesProps) {
  return (
    <div className="log-older">
      {problem === null ? (
        <p className="muted">Loading older messages…</p>
      ) : (
        <>
          <Problem text={problem} />
          <button type="button" className="button small" onClick={onRetry}>
            Load older messages
          </button>
        </>
      )}
    </div>
  )
}
