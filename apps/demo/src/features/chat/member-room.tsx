import { isRequestError, type Room } from '@dowellchat/client'
import { useMessages, useRoom } from '@dowellchat/client/react'
import { Lock, LockKeyhole, Phone, Users } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { BackLink } from '../../components/back-link.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { paths } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { RoomConversation } from './room-conversation.tsx'
import { RoomMembers } from './room-members.tsx'
import { useOtherPerson, useRoomTitle } from './room-title.ts'

/** A room for its members, or for two people. */
export function MemberRoom({ id }: { readonly id: string }) {
  const { room, error } = useRoom(id)
  const [isShowingMembers, setIsShowingMembers] = useState(false)
  const title = useRoomTitle(room)
  useTitle(`${title} · dowellchat`)
  if (isRequestError(error) && error.code === 'not_found') return <NotAMember />
  const isDirect = room?.kind === 'direct'
  return (
    <>
      {isDirect ? (
        <DirectHeader room={room} title={title} />
      ) : (
        <MembersHeader
          room={room}
          title={title}
          isShowingMembers={isShowingMembers}
          onToggle={() => setIsShowingMembers(!isShowingMembers)}
        />
      )}
      <div className="room-body" data-members={isShowingMembers}>
        <MemberConversation id={id} title={title} isDirect={isDirect} />
        {isShowingMembers && <RoomMembers room={id} />}
      </div>
    </>
  )
}

interface MemberConversationProps {
  readonly id: string
  readonly title: string
  readonly isDirect: boolean
}

function MemberConversation({ id, title, isDirect }: MemberConversationProps) {
  const conversation = useMessages(id)
  const readers = isDirect ? 'Only the two of you can read this.' : 'Only members of this room can read it.'
  return <RoomConversation room={id} title={title} conversation={conversation} readers={readers} />
}

interface HeaderProps {
  readonly room: Room | null
  readonly title: string
}

function DirectHeader({ room, title }: HeaderProps) {
  const other = useOtherPerson(room)
  return (
    <header className="detail-header">
      <BackLink href={paths.chat} label="All rooms" />
      <Avatar name={title} id={other} />
      <div className="detail-title">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p>Between the two of you</p>
      </div>
      {other !== '' && (
        <Link href={paths.callTo(other)} className="button" aria-label={`Call ${title}`}>
          <Phone aria-hidden /> <span className="wide-only">Call</span>
        </Link>
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
      <button type="button" className="button" aria-expanded={isShowingMembers} onClick={onToggle}>
        <Users aria-hidden /> {count} {count === 1 ? 'member' : 'members'}
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
