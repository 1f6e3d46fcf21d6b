import { useRoom, useRoomMembers } from '@dowellchat/client/react'
import { DoorOpen } from 'lucide-react'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { AddPeople } from './add-people.tsx'
import { InviteLink } from './invite-link.tsx'
import { MemberItem } from './member-item.tsx'
import { SidePanel } from './side-panel.tsx'
import { SlowMode } from './slow-mode.tsx'
import { useLeaving } from './use-leaving.ts'

interface RoomMembersProps {
  readonly room: string
  readonly onClose: () => void
}

/** Who is in a room; adds and removes people, makes an invite link, and leaves the room. */
export function RoomMembers({ room, onClose }: RoomMembersProps) {
  const { members, status, error, mute } = useRoomMembers(room)
  const { can, room: info } = useRoom(room)
  const leaving = useLeaving(room)

  return (
    <SidePanel title="Members" onClose={onClose}>
      <div className="room-members">
        <ListStatus status={status} error={error} label="Loading the members">
          <ul>
            {members.map((member) => (
              <MemberItem
                key={member.user_id}
                member={member}
                room={room}
                canRemove={can('remove_members')}
                mute={can('mute_member') ? mute : null}
              />
            ))}
          </ul>
        </ListStatus>
        {can('add_members') && <AddPeople room={room} except={members.map(({ user_id }) => user_id)} />}
        {can('create_invite') && <InviteLink room={room} />}
        {info?.kind === 'members' && can('update_room') && <SlowMode room={info} />}
        {can('leave_room') && (
          <button type="button" className="button" disabled={leaving.isPending} onClick={leaving.leave}>
            <DoorOpen aria-hidden /> Leave room
          </button>
        )}
        <Problem what={leaving.error} />
      </div>
    </SidePanel>
  )
}
