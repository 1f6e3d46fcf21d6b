import { type UseMessages, useAction, useConnection } from '@dowellchat/client/react'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useRef } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { Problem } from '../../../components/problem.tsx'
import { useConversationActions } from '../conversation-context.ts'
import { MessageItem } from '../message/message-item.tsx'
import { groupingOf } from './grouping.ts'
import { useOneEndAtATime } from './one-end-at-a-time.ts'
import { type JumpTarget, useJump } from './use-jump.ts'
import { useLogScroll } from './use-log-scroll.ts'
import { useMessageKeys } from './use-message-keys.ts'
import { useOnScreen } from './use-on-screen.ts'
import { useReading } from './use-reading.ts'
import './message-log.css'

interface MessageLogProps {
  /** The conversation's name. */
  readonly name: string
  readonly conversation: UseMessages
  /** Shown while there are no messages. */
  readonly empty: ReactNode
  readonly target: JumpTarget | null
  readonly onJump: (nth: number) => void
}

/** Pixels above and below what is visible that have their messages too. */
const aroundPx = 800

/** The messages of a conversation, oldest first. Only those near the visible ones are on the page. */
export function MessageLog({ name, conversation, empty, target, onJump }: MessageLogProps) {
  const { messages, hasNewer, firstUnread, jumpTo, trim, markRead } = conversation
  const { rows, isShifted } = useOneEndAtATime(messages)
  const log = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const older = useEdge(conversation.hasOlder, useOlder(conversation))
  const newer = useEdge(hasNewer, conversation.loadNewer)
  const isShown = useOnScreen(log)
  const asks = { askForOlder: older.ask, askForNewer: newer.ask }
  const scroll = useLogScroll({ log, rows, isShown, hasNewer, ...asks })
  const { isAtEnd, letGo, toEnd } = scroll
  const { attempt } = useConversationActions()
  const toLast = (): void => attempt(toLatest)
  const keys = useMessageKeys({ log, list, rows, toFirst: () => onJump(1), toLast })
  const found = useJump({ list, rows, target, letGo, focus: keys.focus })
  const read = useReading({ list, rows, isShown, isAtEnd, markRead })
  const at = keys.current === null ? -1 : rows.findIndex(({ key }) => key === keys.current)

  function onScroll(): void {
    scroll.onScroll()
    read()
  }

  async function toLatest(): Promise<void> {
    if (hasNewer) await jumpTo('end')
    trim()
    toEnd()
    log.current?.focus()
  }

  return (
    <div className="log-frame">
      <MoreMessages {...older} which="older" />
      <p className="visually-hidden" id="log-keys">
        The arrow keys go through the messages. Enter opens what can be done with one.
      </p>
      <div
        ref={log}
        role="log"
        aria-label={name}
        aria-busy={older.isPending || newer.isPending}
        aria-describedby="log-keys"
        // New messages are announced elsewhere: rows that scrolling brings onto the page are not new.
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard
        tabIndex={0}
        className="log"
        onScroll={onScroll}
        onKeyDown={keys.onKeyDown}
        onFocus={keys.onFocus}
      >
        <div className="log-content">
          {rows.length === 0 && empty}
          <Virtualizer
            ref={list}
            scrollRef={log}
            data={rows}
            shift={isShifted}
            bufferSize={aroundPx}
            keepMounted={at < 0 ? none : [at]}
          >
            {(row, n) => (
              <MessageItem
                key={row.key}
                row={row}
                {...groupingOf(row, rows[n - 1])}
                isFirstUnread={firstUnread !== null && row.message.nth === firstUnread}
                isCurrent={row.key === keys.current}
                isFound={row.key === found}
              />
            )}
          </Virtualizer>
        </div>
      </div>
      <MoreMessages {...newer} which="newer" />
      <ToUnread conversation={conversation} isAtEnd={isAtEnd} onJump={onJump} />
      {!isAtEnd && rows.length > 0 && (
        <ToLatest count={hasNewer ? conversation.unread : scroll.newCount} onPress={toLast} />
      )}
    </div>
  )
}

const none: readonly number[] = []
/** From so many messages on, the newest are let go of as older ones are loaded, so that one can scroll on to the first. */
const slidesFrom = 500

function useOlder({ messages, jumpTo, loadOlder }: UseMessages): () => Promise<boolean> {
  const first = messages.length < slidesFrom ? null : (messages[0]?.message.nth ?? null)
  return useCallback(async () => {
    // A jump to where one is makes the list slide, and moves nothing.
    if (first !== null) await jumpTo(first)
    return loadOlder()
  }, [first, jumpTo, loadOlder])
}

interface Edge {
  readonly isPending: boolean
  readonly error: Error | null
  readonly ask: () => void
  readonly retry: () => void
}

/** Loads more at one end of the list. After a failure it waits for the reader to press the button, or for a connection. */
function useEdge(hasMore: boolean, load: () => Promise<boolean>): Edge {
  const { run, isPending, error: last } = useAction(load)
  const error = hasMore ? last : null
  const isOnline = useConnection().status === 'online'
  const hasFailed = useRef(false)
  useEffect(() => {
    hasFailed.current = error !== null
  }, [error])
  useEffect(() => {
    if (isOnline && hasFailed.current) void run()
  }, [isOnline, run])
  const canAsk = hasMore && error === null
  const ask = useCallback(() => void (canAsk && run()), [canAsk, run])
  return { isPending, error, ask, retry: () => void run() }
}

interface MoreMessagesProps extends Pick<Edge, 'isPending' | 'error' | 'retry'> {
  readonly which: 'older' | 'newer'
}

/** Lies over the log, so that the messages stay where they are. */
function MoreMessages({ which, isPending, error, retry }: MoreMessagesProps) {
  if (error !== null) {
    return (
      <div className={`log-more log-${which}`}>
        <Problem what={error} />
        <button type="button" className="button small" onClick={retry}>
          Load {which} messages
        </button>
      </div>
    )
  }
  return isPending && which === 'older' && <p className="log-more log-older muted">Loading older messages…</p>
}

interface ToUnreadProps {
  readonly conversation: UseMessages
  readonly isAtEnd: boolean
  readonly onJump: (nth: number) => void
}

/** Back to where somebody had stopped reading, if that is further up. */
function ToUnread({ conversation: { firstUnread, messages }, isAtEnd, onJump }: ToUnreadProps) {
  const asked = useRef<number | null>(null)
  const last = messages.findLast(({ message }) => message.nth !== null)?.message.nth ?? 0
  const count = firstUnread === null ? 0 : last - firstUnread + 1
  // A few are on the screen anyhow.
  if (firstUnread === null || count < 8 || !isAtEnd || asked.current === firstUnread) return null
  return (
    <button
      type="button"
      className="button small log-unread-jump"
      onClick={() => {
        asked.current = firstUnread
        onJump(firstUnread)
      }}
    >
      <ArrowUp aria-hidden /> Jump to the first of {count} new messages
    </button>
  )
}

interface ToLatestProps {
  readonly count: number
  readonly onPress: () => void
}

function ToLatest({ count, onPress }: ToLatestProps) {
  return (
    <button type="button" className="button primary small log-news" onClick={onPress}>
      <ArrowDown aria-hidden />{' '}
      {count === 0 ? 'Jump to latest' : `${count} new ${count === 1 ? 'message' : 'messages'}`}
    </button>
  )
}
