import type { User } from '../entities.ts'
import type { Cached } from '../live/cache.ts'
import type { ListState, LiveList } from '../live/live-list.ts'
import type { LiveThing, ThingState } from '../live/live-thing.ts'
import { together } from '../live/stops.ts'

type UserState = ThingState<User>
type UsersState = ListState<User>

/** Several users as one list, in the order given. */
export function createUserList(parts: readonly LiveThing<User>[]): LiveList<User> & Cached {
  function reader(read: (part: LiveThing<User>) => UserState): () => UsersState {
    let known: readonly UserState[] | undefined
    let state: UsersState
    return () => {
      const now = parts.map(read)
      if (!known || now.some((one, at) => one !== known?.[at])) {
        const next = joined(now)
        state = known && isSame(state, next) ? state : next
        known = now
      }
      return state
    }
  }

  return {
    subscribe: (listener) => together(...parts.map(({ subscribe }) => subscribe(listener))),
    getSnapshot: reader(({ getSnapshot }) => getSnapshot()),
    getServerSnapshot: reader(({ getServerSnapshot }) => getServerSnapshot()),
    retain: () => together(...parts.map(({ retain }) => retain())),
    loadMore: () => Promise.resolve(false),
    async reload() {
      await Promise.all(parts.map(({ reload }) => reload()))
    },
    isIdle: () => true,
  }
}

/** The least that is true of all. Those who are not there are left out. */
function joined(states: readonly UserState[]): UsersState {
  const sync = (['offline', 'catching_up'] as const).find((one) => states.some((state) => state.sync === one))
  const failed = states.filter(({ error }) => error && error.code !== 'not_found')
  const error = failed[0]?.error ?? null
  const items = states.flatMap(({ data }) => data ?? [])
  const rest = { sync: sync ?? 'live', items, hasMore: false } as const
  if (states.some(({ status }) => status === 'loading')) return { ...rest, status: 'loading', error: null }
  if (error && failed.some(({ status }) => status === 'error')) return { ...rest, status: 'error', error }
  return { ...rest, status: 'ready', error }
}

function isSame(a: UsersState, b: UsersState): boolean {
  return (
    a.status === b.status &&
    a.sync === b.sync &&
    a.error === b.error &&
    a.items.length === b.items.length &&
    a.items.every((user, at) => user === b.items[at])
  )
}
