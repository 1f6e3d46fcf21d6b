import { useMemo } from 'react'
import type { Preferences, Presence } from '../entities.ts'
import { ignorable } from '../live/ignorable.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { Own } from '../presence/own-presence.ts'
import type { ChatPresence } from '../presence/presence.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { useThing } from './use-thing.ts'

export interface OwnPresenceData {
  /** How the user is shown to others. */
  readonly presence: Presence
  /** What the user keeps to themselves. */
  readonly preferences: Preferences
  /** Changes how the user is shown, on all their devices. Rejects with a `RequestError`, which may be ignored. */
  readonly set: ChatPresence['set']
  /** Changes what they keep to themselves. Rejects with a `RequestError`, which may be ignored. */
  readonly setPreferences: ChatPresence['setPreferences']
  readonly reload: LiveThing<Own>['reload']
}

/** How the user is shown, and whether that is loaded (`status`). */
export type UseOwnPresence = HookState<OwnPresenceData, Missing<OwnPresenceData, 'presence' | 'preferences'>>

/**
 * How the user is shown to others, and what they keep to themselves.
 * @example
 * const { presence, set, preferences, setPreferences } = useOwnPresence()
 * // <button onClick={() => void set({ availability: 'away', status_text: 'Lunch' })}>{presence?.availability}</button>
 */
export function useOwnPresence(): UseOwnPresence {
  const { presence: client } = useChatClient()
  const state = useThing(client.own(), 'own')
  const actions = useMemo(
    (): Pick<OwnPresenceData, 'set' | 'setPreferences'> => ({
      set: (changes) => ignorable(client.set(changes)),
      setPreferences: (changes) => ignorable(client.setPreferences(changes)),
    }),
    [client],
  )
  return useMemo(() => {
    const { own, ...rest } = state
    const { presence, preferences } = own ?? { presence: null, preferences: null }
    // As in `useThing`.
    return { ...rest, presence, preferences, ...actions } as UseOwnPresence
  }, [state, actions])
}
