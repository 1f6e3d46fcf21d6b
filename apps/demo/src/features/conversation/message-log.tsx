import { type UseMessages, useAction } from '@dowellchat/client/react'
import { ArrowDown } from 'lucide-react'
import { type ReactNode, useCallback } from 'react'
import { Virtualizer } from 'virtua'
import { Problem } from '../../components/problem.tsx'
import { groupingOf } from './grouping.ts'
import { MessageItem } from './message-item.tsx'
import { useLogScroll } from './use-log-scroll.ts'
import './message-log.css'

interface MessageLogProps {
  /** The conversation's name. */
  readonly name: string
  readonly conversation: Pick<UseMessages, 'messages' | 'hasOlder' | 'loadOlder'>
  /** Shown while there are no messages. */
  readonly empty: ReactNode
}

/** Pixels above and below what is visible that have their messages too. */
const aroundPx = 800

/** The messages of a conversation, oldest first. Only those near the visible ones are on the page. */
export function MessageLog({ name, conversation, empty }: MessageLogProps) {
  const { messages, hasOlder, loadOlder } = conversation
  const { run, isPending, error } = useAction(loadOlder)
  // After a failure, wait for the reader to press the button.
  const canAsk = hasOlder && error === null
  const askForOlder = useCallback(() => void (canAsk && run()), [canAsk, run])
  const { log, onScroll, isShifted, hasNews, toEnd } = useLogScroll(messages, askForOlder)

  function showNews(): void {
    toEnd()
    log.current?.focus()
  }

  return (
    <div className="log-frame">
      <OlderMessages isPending={isPending} error={hasOlder ? error : null} onRetry={() => void run()} />
      <div
        ref={log}
        role="log"
        aria-label={name}
        aria-busy={isPending}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard
        tabIndex={0}
        className="log"
        onScroll={onScroll}
      >
        <div className="log-content">
          {messages.length === 0 && empty}
          <Virtualizer scrollRef={log} data={messages} shift={isShifted} bufferSize={aroundPx}>
            {(row, at) => <MessageItem key={row.key} row={row} {...groupingOf(row, messages[at - 1])} />}
          </Virtualizer>
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
  readonly isPending: boolean
  readonly error: Error | null
  readonly onRetry: () => void
}

/** Lies over the log, so that the messages stay where they are. */
function OlderMessages({ isPending, error, onRetry }: OlderMessagesProps) {
  if (error !== null) {
    return (
      <div className="log-older">
        <Problem what={error} />
        <button type="button" className="button small" onClick={onRetry}>
          Load older messages
        </button>
      </div>
    )
  }
  return isPending && <p className="log-older muted">Loading older messages…</p>
}
