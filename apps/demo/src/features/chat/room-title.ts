import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import type { UseRoomMembers } from './use-member-rooms.ts'

/** The id of the person with whom you share a direct room. */
export function useOtherPerson({ members }: Pick<UseRoomMembers, 'members'>): string | undefined {
  const { userId } = useSelf()
  return members.find(({ user_id }) => user_id !== userId)?.user_id
}

/** What to call a room with members: its title, or the other person's name. */
export function useRoomTitle(about: Pick<UseRoomMembers, 'room' | 'members'>): string {
  const other = useOtherPerson(about)
  const name = useNameOf(other ?? '')
  if (about.room?.kind === 'direct') return name
  return about.room?.title ?? 'Room'
}
