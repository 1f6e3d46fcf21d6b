import { isRequestError, type Room } from '@dowellchat/client'
import { skip, useMessages, usePresence, useRoom, useSession } from '@dowellchat/client/react'
import { Lock, LockKeyhole, Users } from 'lucide-react'
import { Link } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { BackLink } from '../../components/back-link.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { paths } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { CallLink } from '../calls/call-link.tsx'
import { PersonMenu } from '../people/person-menu.tsx'
import { PresenceDot } from '../people/presence-dot.tsx'
import { presenceWords } from '../people/presence-words.ts'
import { RoomFrame } from './room-frame.tsx'
import { useOtherPerson, useRoomTitle } from './room-title.ts'
import { WhoIsHere } from './who-is-here.tsx'

/** A room for its members, or for two people. */
export function MemberRoom({ id }: { readonly id: string }) {
  const { room, error } = useRoom(id)
  const title = useRoomTitle(room)
  useTitle(`${title} · dowellchat`)
  if (isRequestError(error) && error.code === 'not_found') return <NotAMember />
  return <OneMemberRoom id={id} room={room} title={title} />
}

function OneMemberRoom({ id, room, title }: HeaderProps & { readonly id: string }) {
  const conversation = useMessages(id)
  const isDirect = room?.kind === 'direct'
  return (
    <RoomFrame
      room={id}
      title={title}
      conversation={conversation}
      readers={isDirect ? 'Only the two of you can read this.' : 'Only members of this room can read it.'}
      header={(panel, show) =>
        isDirect ? (
          <DirectHeader room={room} title={title} />
        ) : (
          <MembersHeader
            room={room}
            title={title}
            isShowingMembers={panel?.kind === 'members'}
            onToggle={() => show(panel?.kind === 'members' ? null : { kind: 'members' })}
          />
        )
      }
    />
  )
}

interface HeaderProps {
  readonly room: Room | null
  readonly title: string
}

function DirectHeader({ room, title }: HeaderProps) {
  const other = useOtherPerson(room)
  const { can } = useSession()
  const presence =
    usePresence(other === '' || !can('get_presence') ? skip : [other]).presences.get(other) ?? null
  return (
    <header className="detail-header">
      <BackLink href={paths.chat} label="All rooms" />
      <span className="room-avatar">
        <Avatar name={title} id={other} />
        <PresenceDot presence={presence} />
      </span>
      <div className="detail-title">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p dir="auto">{presenceWords(presence) || 'Between the two of you'}</p>
      </div>
      {other !== '' && (
        <>
          <CallLink to={other} name={title} />
          <PersonMenu userId={other} name={title} />
        </>
      )}
    </header>
  )
}

interface MembersHeaderProps extends HeaderProps {
  readonly isShowingMembers: boolean
  readonly onToggle: () => void
}

function MembersHeader({ room, title, isShowingMembers, onToggle }: MembersHeaderProps) {
  const count = room?.member_count ?? 0
  const noun = count === 1 ? 'member' : 'members'
  return (
    <header className="detail-header">
      <BackLink href={paths.chat} label="All rooms" />
      <Lock aria-hidden className="room-sign" />
      <div className="detail-title">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        {room?.closed_at && <p>Closed</p>}
      </div>
      {room && <WhoIsHere room={room._id} />}
      {room && !room.closed_at && count > 1 && <CallLink to={room._id} name={title} />}
      <button
        type="button"
        className="button"
        aria-label={`${count} ${noun}`}
        aria-expanded={isShowingMembers}
        onClick={onToggle}
      >
        <Users aria-hidden /> {count} <span className="wide-only">{noun}</span>
      </button>
    </header>
  )
}

function NotAMember() {
  return (
    <EmptyState icon={LockKeyhole} title="You are not a member of this room">
      <p>It may be gone, or its owner has not added you.</p>
      <Link href={paths.chat} className="button">
        All rooms
      </Link>
    </EmptyState>
  )
}
