import type { ListedRoom } from '../entities.ts'
import type { RoomFilter } from '../rooms/rooms.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface RoomsData extends ListControls {
  /**
   * Pinned ones first, then those that were last active, each with its last message and what is unread (`reader`). A room with
   * news is another object, the others stay the same. Empty until they are loaded.
   */
  readonly rooms: readonly ListedRoom[]
}

/** The user’s rooms, and whether they are loaded (`status`). */
export type UseRooms = HookState<RoomsData>

/**
 * The user’s rooms: those with members, direct ones, and the open rooms that they have joined or written to, kept current.
 * @example
 * const { rooms } = useRooms()
 * // <ul>{rooms.map(({ _id, title, reader }) => <li key={_id}>{title} ({reader.unread})</li>)}</ul>
 */
export function useRooms(filter: RoomFilter | Skip = {}): UseRooms {
  const { rooms } = useChatClient()
  return useList(filter === skip ? noList : rooms.list(filter), 'rooms')
}
