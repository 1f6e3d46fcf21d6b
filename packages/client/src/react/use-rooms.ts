import type { Room } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import type { Skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface RoomsData extends ListControls {
  /** Newest first. Empty until they are loaded. */
  readonly rooms: readonly Room[]
}

/** The rooms that the user is a member of, and whether they are loaded (`status`). */
export type UseRooms = HookState<RoomsData>

/**
 * The rooms with members and direct rooms that the user is in, kept current.
 * @example
 * const { rooms } = useRooms()
 * // <ul>{rooms.map(({ _id, title }) => <li key={_id}>{title}</li>)}</ul>
 */
export function useRooms(skipped?: Skip): UseRooms {
  const { rooms } = useChatClient()
  return useList(skipped ? noList : rooms.list(), 'rooms')
}
