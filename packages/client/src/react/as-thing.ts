// Until the client's `get` methods answer things.

import { ownError } from '../errors.ts'
import type { LiveState } from '../live/live.ts'
import type { LiveThing, ThingState } from '../live/live-thing.ts'
import { select } from './select.ts'
import type { Holdable } from './use-observable.ts'

const missing = ownError('get_tickets', 'not_found', 'There is nothing of that name')
const things = new WeakMap<object, Map<string, unknown>>()

export function asThing<T, State extends LiveState>(
  source: Holdable<State>,
  key: string,
  pick: (state: State) => T | null | undefined,
): LiveThing<T> {
  const known = things.get(source) ?? new Map<string, unknown>()
  things.set(source, known)
  const before = known.get(key) as LiveThing<T> | undefined
  if (before) return before
  const thing = {
    ...select(source, (state): ThingState<T> => {
      const data = state.status === 'ready' ? (pick(state) ?? null) : null
      const { status, sync, error } = state
      if (status === 'ready' && data === null) return { status: 'error', sync, error: missing, data }
      return { status, sync, error, data } as ThingState<T>
    }),
    retain: source.retain,
    reload: async () => {},
  }
  known.set(key, thing)
  return thing
}
