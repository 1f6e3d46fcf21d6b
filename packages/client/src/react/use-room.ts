import type { RequestName } from '@dowellchat/protocol'
import { useMemo } from 'react'
import type { RoomInfo } from '../entities.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface RoomData {
  /** Its kind, title, metadata and owner. */
  readonly room: RoomInfo['room']
  /** The user’s role in it; null in open rooms, and for an admin who is no member. */
  readonly role: RoomInfo['role']
  /** Whether the user may send a request for the room: `can('add_members')`. False until the room is loaded. */
  readonly can: (request: RequestName) => boolean
  /** Loads it again; `error` says whether that failed. */
  readonly reload: LiveThing<RoomInfo>['reload']
}

/** A room, and whether it is loaded (`status`). */
export type UseRoom = HookState<RoomData, Missing<RoomData, 'room' | 'role'>>

/**
 * What a room is called and what the user may do in it, kept current. Does not join it; messages do not render it again.
 * @example
 * const state = useRoom(name)
 * if (state.status !== 'ready') return null
 * // <h1>{state.room.title}</h1>
 * // {state.can('update_room') && <RenameButton />}
 */
export function useRoom(room: string | Skip): UseRoom {
  const { rooms } = useChatClient()
  const state = useThing(room === skip ? noThing : rooms.get(room), 'info')
  return useMemo(() => {
    const { info, ...rest } = state
    const allowed = new Set<string>(info?.can)
    const can = (request: RequestName): boolean => allowed.has(request)
    // As in `useThing`: what `status` says of `info` holds for its parts.
    return { ...rest, room: info?.room ?? null, role: info?.role ?? null, can } as UseRoom
  }, [state])
}
