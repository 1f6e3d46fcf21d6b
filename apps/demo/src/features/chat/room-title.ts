import type { ListedRoom, Room } from '@dowellchat/client'
import { skip, useRoomMembers } from '@dowellchat/client/react'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'

/** The person with whom somebody shares a direct room of their list; '' for other rooms. */
export function otherOf({ kind, peers }: ListedRoom, userId: string): string {
  return kind === 'direct' ? (peers?.find((id) => id !== userId) ?? '') : ''
}

/** The id of the person with whom you share a direct room; '' while it is not known, and for other rooms. */
export function useOtherPerson(room: Room | null): string {
  const { userId } = useSelf()
  const { members } = useRoomMembers(room?.kind === 'direct' ? room._id : skip)
  return members.find(({ user_id }) => user_id !== userId)?.user_id ?? ''
}

/** What to call a room with members: its title, or the other person's name. */
export function useRoomTitle(room: Room | null): string {
  const name = useNameOf(useOtherPerson(room))
  return room?.kind === 'direct' ? name : (room?.title ?? 'Room')
}
