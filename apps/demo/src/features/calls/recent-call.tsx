import type { CallRecord } from '@dowellchat/client'
import { useStartCall } from '@dowellchat/client/react'
import { type LucideIcon, Phone, PhoneIncoming, PhoneMissed, PhoneOutgoing, Video } from 'lucide-react'
import { Avatar } from '../../components/avatar.tsx'
import { formatDay, formatTime, formatWhen } from '../../lib/format.ts'
import { addressOf } from '../people/seen-people.ts'
import { type RecordSide, recordWords } from './call-words.ts'

interface RecentCallProps extends RecordSide {
  readonly call: CallRecord
  /** The ids and names of those on the other side: several where a room was called, and nobody answered. */
  readonly others: readonly (readonly [id: string, name: string])[]
}

/** A call of the past: with whom, what became of it, when, and a button to call again. */
export function RecentCall({ call, others, ...side }: RecentCallProps) {
  const [[id, firstName] = ['', 'Nobody'], ...rest] = others
  const name = rest.length === 0 ? firstName : `${firstName} and ${rest.length} more`
  return (
    <li className="recent-call" data-missed={call.is_missed}>
      <Avatar name={firstName} id={id} />
      <div className="recent-call-words">
        <p className="one-line recent-call-name">
          <bdi>{name}</bdi>
        </p>
        <CallFacts call={call} {...side} />
      </div>
      <time
        className="muted"
        dateTime={call.created_at}
        title={`${formatDay(call.created_at)}, ${formatTime(call.created_at)}`}
      >
        {formatWhen(call.created_at)}
      </time>
      {rest.length === 0 && id !== '' && (
        <CallButton id={id} label={`Call ${name} ${side.isOutgoing ? 'again' : 'back'}`} call={call} />
      )}
    </li>
  )
}

function CallFacts({ call, ...side }: Omit<RecentCallProps, 'others'>) {
  const [Icon, kind] = kindOf(call, side.isOutgoing)
  const words = [kind, call.media === 'video' ? 'Video' : 'Audio', recordWords(call, side)]
  return (
    <p className="recent-call-facts">
      <Icon aria-hidden /> {words.filter((word) => word !== '').join(' · ')}
    </p>
  )
}

function kindOf({ is_missed }: CallRecord, isOutgoing: boolean): readonly [LucideIcon, string] {
  if (is_missed) return [PhoneMissed, 'Missed']
  return isOutgoing ? [PhoneOutgoing, 'Outgoing'] : [PhoneIncoming, 'Incoming']
}

interface CallButtonProps extends Pick<RecentCallProps, 'call'> {
  readonly id: string
  readonly label: string
}

function CallButton({ id, label, call: { media, ticket_id } }: CallButtonProps) {
  const { startCall } = useStartCall()
  const hasVideo = media === 'video'
  return (
    <button
      type="button"
      className="button small"
      aria-label={label}
      title={label}
      onClick={() => void startCall(addressOf(id), { video: hasVideo, ticketId: ticket_id ?? undefined })}
    >
      {hasVideo ? <Video aria-hidden /> : <Phone aria-hidden />} Call
    </button>
  )
}
