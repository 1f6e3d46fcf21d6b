import type { RoomMember } from '@dowellchat/client'
import { type UseRoomMembers, useRoomInfo, useRoomMembers } from '@dowellchat/client/react'
import { DoorOpen, UserPlus } from 'lucide-react'
import { useCallback, useState } from 'react'
import { useLocation } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { useTask } from '../../lib/use-task.ts'
import type { KnownPerson } from '../people/known-people.ts'
import { PeoplePicker } from '../people/people-picker.tsx'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { InviteLink } from './invite-link.tsx'

/** Who is in a room; adds and removes people, makes an invite link, and leaves the room. */
export function RoomMembers({ room }: { readonly room: string }) {
  const { members, status, error, addMembers, removeMembers, leaveRoom } = useRoomMembers(room)
  const { can } = useRoomInfo(room)
  const [, navigate] = useLocation()
  const leaving = useTask(
    useCallback(async () => {
      await leaveRoom()
      navigate(paths.chat)
    }, [leaveRoom, navigate]),
  )
  return (
    <aside className="room-members" aria-label="Members">
      <h3>Members</h3>
      <ListStatus status={status} error={error} label="Loading the members">
        <ul>
          {members.map((member) => (
            <Member
              key={member.user_id}
              member={member}
              onRemove={can.includes('remove_members') ? removeMembers : undefined}
            />
          ))}
        </ul>
      </ListStatus>
      {can.includes('add_members') && (
        <AddPeople add={addMembers} except={members.map(({ user_id }) => user_id)} />
      )}
      {can.includes('create_invite') && <InviteLink room={room} />}
      {can.includes('leave_room') && (
        <button
          type="button"
          className="button"
          disabled={leaving.isPending}
          onClick={() => void leaving.run()}
        >
          <DoorOpen aria-hidden /> Leave room
        </button>
      )}
      <Problem text={leaving.problem} />
    </aside>
  )
}

interface MemberProps {
  readonly member: RoomMember
  readonly onRemove: UseRoomMembers['removeMembers'] | undefined
}

function Member({ member: { user_id, role }, onRemove }: MemberProps) {
  const { userId: ownId } = useSelf()
  const name = useNameOf(user_id)
  const removing = useTask(useCallback(async () => onRemove?.([user_id]), [onRemove, user_id]))
  const isSelf = user_id === ownId
  return (
    <li>
      <Avatar name={name} id={user_id} size="s" />
      <bdi className="one-line">{isSelf ? 'You' : name}</bdi>
      {role === 'owner' && <span className="badge">Owner</span>}
      {onRemove && !isSelf && (
        <button
          type="button"
          className="button small quiet"
          aria-label={`Remove ${name}`}
          disabled={removing.isPending}
          onClick={() => void removing.run()}
        >
          Remove
        </button>
      )}
      <Problem text={removing.problem} />
    </li>
  )
}

interface AddPeopleProps {
  readonly add: UseRoomMembers['addMembers']
  readonly except: readonly string[]
}

function AddPeople({ add, except }: AddPeopleProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [people, setPeople] = useState<readonly KnownPerson[]>([])
  const adding = useTask(add)

  async function submit(): Promise<void> {
    if (!(await adding.run(people.map(({ userId }) => userId)))) return
    setPeople([])
    setIsOpen(false)
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
      <Problem text={adding.problem} />
      <div className="buttons">
        <button
          type="button"
          className="button primary"
          disabled={adding.isPending || people.length === 0}
          onClick={() => void submit()}
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
