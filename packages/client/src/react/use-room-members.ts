import { useMemo } from 'react'
import type { RoomMember } from '../entities.ts'
import { ignorable } from '../live/ignorable.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { rejectSkipped, type Skip, skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface RoomMembersData extends ListControls {
  /** By user id. Empty until they are loaded. */
  readonly members: readonly RoomMember[]
  /** Keeps a member from writing for so many milliseconds. Needs the room’s owner or an admin. Rejects with a `RequestError`. */
  readonly mute: (userId: string, forMs: number) => Promise<RoomMember>
  /** Lets a member write again before that time is over. Rejects with a `RequestError`. */
  readonly unmute: (userId: string) => Promise<RoomMember>
}

/** A room’s members, and whether they are loaded (`status`). */
export type UseRoomMembers = HookState<RoomMembersData>

/**
 * The members of a room, kept current as they come and go. `error.code` is `not_found` for whoever is not one of them.
 * @example
 * const { members, mute } = useRoomMembers(room._id)
 * // <ul>{members.map(({ user_id, role }) => <li key={user_id}>{user_id}, {role}</li>)}</ul>
 * // <button onClick={() => void mute('eve', 10 * 60_000)}>Mute Eve for ten minutes</button>
 */
export function useRoomMembers(room: string | Skip): UseRoomMembers {
  const { rooms } = useChatClient()
  const list = useList(room === skip ? noList : rooms.members(room), 'members')
  const actions = useMemo(
    () =>
      room === skip
        ? { mute: rejectSkipped, unmute: rejectSkipped }
        : {
            mute: (userId: string, forMs: number) => ignorable(rooms.mute(room, userId, forMs)),
            unmute: (userId: string) => ignorable(rooms.unmute(room, userId)),
          },
    [rooms, room],
  )
  return useMemo(() => ({ ...list, ...actions }), [list, actions])
}
