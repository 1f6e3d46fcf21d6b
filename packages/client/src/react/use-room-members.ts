import type { RoomMember } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface RoomMembersData extends ListControls {
  /** By user id. Empty until they are loaded. */
  readonly members: readonly RoomMember[]
}

/** A room’s members, and whether they are loaded (`status`). */
export type UseRoomMembers = HookState<RoomMembersData>

/**
 * The members of a room, kept current as they come and go. `error.code` is `not_found` for whoever is not one of them.
 * @example
 * const { members } = useRoomMembers(room._id)
 * // <ul>{members.map(({ user_id, role }) => <li key={user_id}>{user_id}, {role}</li>)}</ul>
 */
export function useRoomMembers(room: string | Skip): UseRoomMembers {
  const { rooms } = useChatClient()
  return useList(room === skip ? noList : rooms.members(room), 'members')
}
