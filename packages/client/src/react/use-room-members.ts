import { useMemo } from 'react'
import type { Room, RoomMember } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import { rejectSkipped, type Skip, skip } from './skip.ts'
import { noList, type UseList, useList } from './use-list.ts'

export interface UseRoomMembers extends UseList {
  /** By user id. */
  readonly members: readonly RoomMember[]
  /** Needs the owner of the room or an admin, as does `removeMembers`. Both reject with a `RequestError`. */
  readonly addMembers: (userIds: readonly string[]) => Promise<Room>
  readonly removeMembers: (userIds: readonly string[]) => Promise<Room>
  /** Ends the user's own membership. Rejects with a `RequestError`. */
  readonly leaveRoom: () => Promise<void>
}

/** The members of a room, kept current as they come and go. `error` is `not_found` for whoever is not one of them. */
export function useRoomMembers(room: string | Skip): UseRoomMembers {
  const { rooms } = useChatClient()
  const state = useList<RoomMember>(room === skip ? noList : rooms.members(room))
  const actions = useMemo(() => {
    if (room === skip)
      return { addMembers: rejectSkipped, removeMembers: rejectSkipped, leaveRoom: rejectSkipped }
    return {
      addMembers: (userIds: readonly string[]) => rooms.addMembers(room, userIds),
      removeMembers: (userIds: readonly string[]) => rooms.removeMembers(room, userIds),
      leaveRoom: () => rooms.leave(room),
    }
  }, [rooms, room])
  return useMemo(() => {
    const { items, ...rest } = state
    return { ...rest, members: items, ...actions }
  }, [state, actions])
}
