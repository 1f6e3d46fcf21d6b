import type { MessageRow } from '@dowellchat/client'
import { memo } from 'react'
import { formatDay, formatTime } from '../../../lib/format.ts'
import { useNameOf } from '../../people/use-name-of.ts'
import { BlockedMessage } from './blocked-message.tsx'
import { OneMessage } from './one-message.tsx'
import './message-item.css'
import './message-extras.css'
import './message-tools.css'

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
  const { kind, author, created_at } = row.message
  if (kind === 'removed') return <RemovedMessage isCurrent={props.isCurrent} />
  if (kind === 'closed')
    return <ClosedItem author={author ?? ''} isOwn={row.isOwn} time={formatTime(created_at)} />
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

interface ClosedItemProps {
  readonly author: string
  readonly isOwn: boolean
  readonly time: string
}

function ClosedItem({ author, isOwn, time }: ClosedItemProps) {
  const name = useNameOf(author)
  return (
    <article className="message-fact">
      <bdi>{isOwn ? 'You' : name}</bdi> closed this ticket at {time}
    </article>
  )
}
