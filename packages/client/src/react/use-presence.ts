import { useMemo } from 'react'
import type { LiveThing } from '../live/live-thing.ts'
import type { Presences } from '../presence/user-presences.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface PresenceData {
  /**
   * By the ids of the users; without those whom this user may not see. Until it is loaded, those who are followed with others
   * already.
   */
  readonly presences: Presences
  readonly reload: LiveThing<Presences>['reload']
}

/** Whether users are there, and whether that is loaded (`status`). */
export type UsePresence = HookState<PresenceData>

const nobody: Presences = new Map()

/**
 * Whether users are there, kept current. Another array with the same ids loads nothing again.
 * @example
 * const { presences } = usePresence(['bob'])
 * const bob = presences.get('bob')
 * // <span>{bob?.availability === 'online' ? 'Online' : 'Offline'} {bob?.status_text}</span>
 */
export function usePresence(userIds: readonly string[] | Skip): UsePresence {
  const { presence } = useChatClient()
  const state = useThing(userIds === skip ? noThing : presence.users(userIds), 'known')
  return useMemo(() => {
    const { known, ...rest } = state
    // As in `useThing`: what `status` says of what is known holds for the presences.
    return { ...rest, presences: known ?? nobody } as UsePresence
  }, [state])
}
