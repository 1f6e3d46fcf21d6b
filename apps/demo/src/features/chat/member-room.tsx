import { isRequestError } from '@dowellchat/client'
import { useMessages } from '@dowellchat/client/react'
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
import { type UseRoomMembers, useRoomMembers } from './use-member-rooms.ts'

/** A room for its members, or for two people. */
export function MemberRoom({ id }: { readonly id: string }) {
  const about = useRoomMembers(id)
  const [isShowingMembers, setIsShowingMembers] = useState(false)
  const title = useRoomTitle(about)
  useTitle(`${title} · dowellchat`)
  if (isRequestError(about.error) && about.error.code === 'not_found') return <NotAMember />
  const isDirect = about.room?.kind === 'direct'
  return (
    <>
      {isDirect ? (
        <DirectHeader about={about} title={title} />
      ) : (
        <MembersHeader
          about={about}
          title={title}
          isShowingMembers={isShowingMembers}
          onToggle={() => setIsShowingMembers(!isShowingMembers)}
        />
      )}
      <div className="room-body" data-members={isShowingMembers}>
        <MemberConversation id={id} title={title} isDirect={isDirect} />
        {isShowingMembers && <RoomMembers about={about} id={id} />}
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
  readonly about: UseRoomMembers
  readonly title: string
}

function DirectHeader({ about, title }: HeaderProps) {
  const other = useOtherPerson(about)
  return (
    <header className="detail-header">
      <BackLink href={paths.chat} label="All rooms" />
      <Avatar name={title} id={other ?? ''} />
      <div className="detail-title">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p>Between the two of you</p>
      </div>
      {other !== undefined && (
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

function MembersHeader({ about: { room }, title, isShowingMembers, onToggle }: MembersHeaderProps) {
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
