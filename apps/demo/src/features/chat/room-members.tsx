import type { RoomMember } from '@dowellchat/client'
import {
  useAddMembers,
  useLeaveRoom,
  useRemoveMembers,
  useRoom,
  useRoomMembers,
} from '@dowellchat/client/react'
import { DoorOpen, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'
import type { KnownPerson } from '../people/known-people.ts'
import { PeoplePicker } from '../people/people-picker.tsx'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { InviteLink } from './invite-link.tsx'
import { SidePanel } from './side-panel.tsx'

interface RoomMembersProps {
  readonly room: string
  readonly onClose: () => void
}

/** Who is in a room; adds and removes people, makes an invite link, and leaves the room. */
export function RoomMembers({ room, onClose }: RoomMembersProps) {
  const { members, status, error } = useRoomMembers(room)
  const { can } = useRoom(room)
  const { leaveRoom, ...leaving } = useLeaveRoom()
  const [, navigate] = useLocation()
  return (
    <SidePanel title="Members" onClose={onClose}>
      <div className="room-members">
        <ListStatus status={status} error={error} label="Loading the members">
          <ul>
            {members.map((member) => (
              <Member key={member.user_id} member={member} room={room} canRemove={can('remove_members')} />
            ))}
          </ul>
        </ListStatus>
        {can('add_members') && <AddPeople room={room} except={members.map(({ user_id }) => user_id)} />}
        {can('create_invite') && <InviteLink room={room} />}
        {can('leave_room') && (
          <button
            type="button"
            className="button"
            disabled={leaving.isPending}
            onClick={() => whenDone(leaveRoom(room), () => navigate(paths.chat))}
          >
            <DoorOpen aria-hidden /> Leave room
          </button>
        )}
        <Problem what={leaving.error} />
      </div>
    </SidePanel>
  )
}

interface MemberProps {
  readonly member: RoomMember
  readonly room: string
  readonly canRemove: boolean
}

function Member({ member: { user_id, role }, room, canRemove }: MemberProps) {
  const { userId: ownId } = useSelf()
  const name = useNameOf(user_id)
  const { removeMembers, isPending, error } = useRemoveMembers()
  const isSelf = user_id === ownId
  return (
    <li>
      <Avatar name={name} id={user_id} size="s" />
      <bdi className="one-line">{isSelf ? 'You' : name}</bdi>
      {role === 'owner' && <span className="badge">Owner</span>}
      {canRemove && !isSelf && (
        <button
          type="button"
          className="button small quiet"
          aria-label={`Remove ${name}`}
          disabled={isPending}
          onClick={() => void removeMembers(room, [user_id])}
        >
          Remove
        </button>
      )}
      <Problem what={error} />
    </li>
  )
}

interface AddPeopleProps {
  readonly room: string
  readonly except: readonly string[]
}

function AddPeople({ room, except }: AddPeopleProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [people, setPeople] = useState<readonly KnownPerson[]>([])
  const { addMembers, isPending, error } = useAddMembers()

  function submit(): void {
    const added = addMembers(
      room,
      people.map(({ userId }) => userId),
    )
    whenDone(added, () => {
      setPeople([])
      setIsOpen(false)
    })
  }

  if (!isOpen) {
    return (
      <button type="button" className="button" onClick={() => setIsOpen(true)}>
        <UserPlus aria-hidden /> Add people
      </button>
    )
  }
  return (
    <div className="room-adding">
      <PeoplePicker legend="Who to add" chosen={people} onChange={setPeople} except={except} />
      <Problem what={error} />
      <div className="buttons">
        <button
          type="button"
          className="button primary"
          disabled={isPending || people.length === 0}
          onClick={submit}
        >
          Add to the room
        </button>
        <button type="button" className="button quiet" onClick={() => setIsOpen(false)}>
          Cancel
        </button>
      </div>
    </div>
  )
}
