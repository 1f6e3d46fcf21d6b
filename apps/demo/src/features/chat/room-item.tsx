import type { ListedRoom, Presence } from '@dowellchat/client'
import { AtSign, BellOff, Hash, Lock, Pin } from 'lucide-react'
import { memo } from 'react'
import { Link } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { formatWhen } from '../../lib/format.ts'
import { paths } from '../../lib/paths.ts'
import { PresenceDot } from '../people/presence-dot.tsx'
import { RoomMenu } from './room-menu.tsx'
import { RoomPreview } from './room-preview.tsx'

interface RoomItemProps {
  readonly room: ListedRoom
  readonly title: string
  /** The other person of a direct room, or ''. */
  readonly other: string
  readonly presence: Presence | null
  readonly isCurrent: boolean
}

/** A room in the list: what it is called, what was said last and when, and what is new. */
export const RoomItem = memo(function RoomItem({ room, title, other, presence, isCurrent }: RoomItemProps) {
  const { _id, reader, last } = room
  const id = `room-${_id}`
  const hasNews = reader.unread > 0
  return (
    <li className="room-item" data-unread={hasNews && !reader.is_muted}>
      <Link
        href={paths.room(_id)}
        className="list-item room"
        aria-current={isCurrent ? 'page' : undefined}
        aria-labelledby={`${id}-title ${id}-news`}
      >
        <RoomSign room={room} title={title} other={other} presence={presence} />
        <span className="room-words">
          <span className="room-line">
            <bdi id={`${id}-title`} className="one-line room-title">
              {title}
            </bdi>
            {last && (
              <time className="room-time" dateTime={last.created_at}>
                {formatWhen(last.created_at)}
              </time>
            )}
          </span>
          <span className="room-line">
            <RoomPreview room={room} />
            <RoomMarks reader={reader} />
          </span>
        </span>
        <span id={`${id}-news`} className="visually-hidden">
          {newsWords(reader, presence)}
        </span>
      </Link>
      <RoomMenu room={room} title={title} isCurrent={isCurrent} />
    </li>
  )
})

function RoomSign({ room, title, other, presence }: Omit<RoomItemProps, 'isCurrent'>) {
  if (room.kind === 'direct')
    return (
      <span className="room-avatar">
        <Avatar name={title} id={other} />
        <PresenceDot presence={presence} />
      </span>
    )
  return (
    <span className="room-shape" aria-hidden>
      {room.kind === 'open' ? <Hash /> : <Lock />}
    </span>
  )
}

/** Hidden from screen readers, which read `newsWords`. */
function RoomMarks({ reader: { unread, mentions, is_muted, is_pinned } }: Pick<ListedRoom, 'reader'>) {
  return (
    <span className="room-marks" aria-hidden>
      {is_muted && <BellOff />}
      {is_pinned && <Pin />}
      {mentions > 0 && (
        <span className="count">
          <AtSign />
        </span>
      )}
      {unread > 0 && (
        <span className="count" data-muted={is_muted}>
          {unread > 99 ? '99+' : unread}
        </span>
      )}
    </span>
  )
}

function newsWords(
  { unread, mentions, is_muted, is_pinned }: ListedRoom['reader'],
  presence: Presence | null,
): string {
  const words = [
    unread > 0 && `${unread} unread`,
    mentions > 0 && `mentions you ${mentions === 1 ? 'once' : `${mentions} times`}`,
    is_muted && 'muted',
    is_pinned && 'pinned',
    presence && presence.availability !== 'offline' && presence.availability,
  ]
  return words.filter(Boolean).join(', ')
}
