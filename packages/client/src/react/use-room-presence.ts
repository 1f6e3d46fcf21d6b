import { useMemo } from 'react'
import type { RoomPresence } from '../entities.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface RoomPresenceData {
  /** How many people are in the room; 0 until that is loaded. */
  readonly count: number
  /** Some of them, at most 50. */
  readonly user_ids: readonly string[]
  readonly reload: LiveThing<RoomPresence>['reload']
}

/** Who is in a room, and whether that is loaded (`status`). */
export type UseRoomPresence = HookState<RoomPresenceData>

const nobody: Pick<RoomPresence, 'count' | 'user_ids'> = { count: 0, user_ids: [] }

/**
 * Joins a room while the component is mounted, and shows who is in it.
 * @example
 * const { count, user_ids } = useRoomPresence('lobby')
 * // <p>{count} here: {user_ids.join(', ')}</p>
 */
export function useRoomPresence(room: string | Skip): UseRoomPresence {
  const { presence } = useChatClient()
  const state = useThing(room === skip ? noThing : presence.room(room), 'known')
  return useMemo(() => {
    const { known, ...rest } = state
    const { count, user_ids } = known ?? nobody
    // As in `useThing`.
    return { ...rest, count, user_ids } as UseRoomPresence
  }, [state])
}
