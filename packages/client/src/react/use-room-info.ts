import { useMemo } from 'react'
import type { RoomInfo } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import type { UseList } from './use-list.ts'
import { noThing, useThing } from './use-thing.ts'

export interface UseRoomInfo extends UseList {
  /** Its kind, title, metadata and owner; null while loading. */
  readonly room: RoomInfo['room'] | null
  /** The user's role; null while loading, in open rooms, and for an admin who is no member. */
  readonly role: RoomInfo['role']
  /** The names of the requests that the user may send for the room. */
  readonly can: RoomInfo['can']
}

const nothing: readonly string[] = []

/** What a room is called and what the user may do in it, without joining it. */
export function useRoomInfo(room: string | Skip): UseRoomInfo {
  const { rooms } = useChatClient()
  const state = useThing<RoomInfo>(room === skip ? noThing : rooms.get(room))
  return useMemo(() => {
    const { data: info, ...rest } = state
    return { ...rest, room: info?.room ?? null, role: info?.role ?? null, can: info?.can ?? [...nothing] }
  }, [state])
}
