import type { MessageRow } from '@dowellchat/client'
import { memo, type ReactNode } from 'react'
import { Link } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { formatDay, formatTime } from '../../lib/format.ts'
import { paths } from '../../lib/paths.ts'
import { addressOf } from '../people/seen-people.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { MessageDelivery } from './message-delivery.tsx'
import { MessageText } from './message-text.tsx'
import './message-item.css'

interface MessageItemProps {
  readonly row: MessageRow
  readonly startsDay: boolean
  readonly startsGroup: boolean
}

/** One message, below its day if it is the day's first. The SDK keeps row objects stable, so a new message renders only itself. */
export const MessageItem = memo(function MessageItem({ row, startsDay, startsGroup }: MessageItemProps) {
  return (
    <div className="log-item" data-key={row.key}>
      {startsDay && (
        <p className="log-day">
          <span>{formatDay(row.message.created_at)}</span>
        </p>
      )}
      <OneMessage row={row} startsGroup={startsGroup} />
    </div>
  )
})

/** Author, time, text and delivery. */
function OneMessage({ row, startsGroup }: Omit<MessageItemProps, 'startsDay'>): ReactNode {
  const { kind, created_at, message_data, display_name, ...message } = row.message
  const author = message.author ?? ''
  const name = useNameOf(author, display_name)
  const time = formatTime(created_at)
  if (kind === 'removed') return <article className="message-fact">Message removed</article>
  if (kind === 'closed') return <ClosedItem author={author} isOwn={row.isOwn} time={time} />
  return (
    <article
      className="message"
      data-own={row.isOwn}
      data-first={startsGroup}
      aria-label={`${row.isOwn ? 'You' : name}, ${time}`}
    >
      {startsGroup && !row.isOwn && <Avatar name={name} id={author} />}
      <div className="message-body">
        {startsGroup && (
          <p className="message-head">
            {!row.isOwn && (
              <Link href={paths.callTo(addressOf(author))} title={`Call ${name}`}>
                <bdi>{name}</bdi>
              </Link>
            )}
            <time dateTime={created_at}>{time}</time>
          </p>
        )}
        <div className="message-bubble">
          <MessageText text={message_data} />
        </div>
        <MessageDelivery row={row} />
      </div>
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
