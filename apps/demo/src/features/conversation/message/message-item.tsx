import type { MessageRow } from '@dowellchat/client'
import { memo } from 'react'
import { lazyPart } from '../../../components/lazy-part.tsx'
import { formatDay } from '../../../lib/format.ts'
import { BlockedMessage } from './blocked-message.tsx'
import { OneMessage } from './one-message.tsx'
import './message-item.css'
import './message-extras.css'
import './message-tools.css'

// Conversations of tickets alone have some, and whoever sees one has loaded it.
const TicketFact = lazyPart(async () => (await import('./ticket-fact.tsx')).TicketFact)

interface MessageItemProps {
  readonly row: MessageRow
  readonly startsDay: boolean
  readonly startsGroup: boolean
  /** Whether it is the first one that was unread when the conversation was opened. */
  readonly isFirstUnread: boolean
  /** Whether the keyboard is at this message. */
  readonly isCurrent: boolean
  /** Whether it was just jumped to. */
  readonly isFound: boolean
}

/** One message, below its day if it is the day's first. The SDK keeps row objects stable, so a new message renders only itself. */
export const MessageItem = memo(function MessageItem({
  startsDay,
  isFirstUnread,
  ...props
}: MessageItemProps) {
  const { row } = props
  return (
    <div className="log-item" data-key={row.key} data-found={props.isFound}>
      {startsDay && (
        <p className="log-day">
          <span>{formatDay(row.message.created_at)}</span>
        </p>
      )}
      {isFirstUnread && (
        <p className="log-unread">
          <span>New messages</span>
        </p>
      )}
      <AnyMessage {...props} />
    </div>
  )
})

function AnyMessage({ row, ...props }: Omit<MessageItemProps, 'startsDay' | 'isFirstUnread'>) {
  const { kind } = row.message
  if (kind === 'removed') return <RemovedMessage isCurrent={props.isCurrent} />
  if (kind !== 'text') return <TicketFact row={row} isCurrent={props.isCurrent} />
  if (row.isBlocked) return <BlockedMessage row={row} {...props} />
  return <OneMessage row={row} {...props} />
}

function RemovedMessage({ isCurrent }: { readonly isCurrent: boolean }) {
  return (
    <article className="message-fact" tabIndex={isCurrent ? 0 : -1}>
      Message removed
    </article>
  )
}
