import type { PayloadOf, User } from '@dowellchat/protocol'
import { normalName } from '@dowellchat/protocol/core'
import { createCache } from '../live/cache.ts'
import { createLive, type LiveState } from '../live/live.ts'
import { createSource, type Observable, readOnly } from '../live/observable.ts'
import { loadContract } from '../requests/contract.ts'
import type { Wire } from '../requests/wire.ts'
import { createUserLoader } from './user-loader.ts'

/** A user, whether they are loaded (`status`) and whether they are current (`sync`). */
export type UserState = LiveState<UserData>

export interface UserData {
  /** Null while loading, if there is no such user, or if the session may not see them. */
  readonly user: User | null
}

/** Several users at once. */
export type UsersState = LiveState<UsersData>

export interface UsersData {
  /** In the order of the ids; without those that are not there or may not be seen. */
  readonly users: readonly User[]
}

/** State that is loaded when it is first retained and after every reconnect, and kept current. */
export interface LiveUser extends Observable<UserState> {
  /** Keeps the user current; call the answer to let go. */
  readonly retain: () => () => void
}

/** Several users, loaded together and kept current. */
export interface LiveUsers extends Observable<UsersState> {
  /** Keeps the users current; call the answer to let go. */
  readonly retain: () => () => void
}

/** Changes to the session's own user. Fields that are left out stay as they are; null removes them. `metadata` replaces all of it. */
export type UserChanges = PayloadOf<'update_me'>

/** The users of the workspace that the session may see. */
export interface Users {
  /** A user by their id. Ids that are asked for at the same time are loaded by one request. */
  readonly get: (userId: string) => LiveUser
  /** Several users by their ids. */
  readonly list: (userIds: readonly string[]) => LiveUsers
  /** Users whose name begins with a text, in the order of their names. Rejects with a `RequestError`. */
  readonly search: (text: string, limit?: number) => Promise<readonly User[]>
  /** Changes the name, picture or metadata of the session's own user. Rejects with a `RequestError`. */
  readonly updateMe: (changes: UserChanges) => Promise<User>
  /** Blocks a user: their calls no longer ring, and neither can write in a direct room of the two. Blocking twice changes nothing. Rejects with a `RequestError`. */
  readonly block: (userId: string) => Promise<void>
  /** Undoes `block`. Rejects with a `RequestError`. */
  readonly unblock: (userId: string) => Promise<void>
}

export function createUsers(wire: Wire): Users {
  const { request, on, connection } = wire
  const load = createUserLoader(request)

  const user = createCache((userId: string, touch) => {
    const state = createSource<UserState>({ status: 'loading', sync: 'offline', user: null, error: null })
    /** What was pushed while an answer was under way, which may be older. */
    let pushed: User | undefined
    const live = createLive<UserState>(
      {
        state,
        async load() {
          pushed = undefined
          const loaded = await load(userId)
          return () => ({ user: pushed ?? loaded })
        },
        listen() {
          touch()
          const stop = on.user_updated(({ data }) => {
            if (data.user_id !== userId) return
            pushed = data
            state.patch({ user: data })
          })
          return () => {
            stop()
            touch()
          }
        },
      },
      connection,
    )
    return { ...readOnly(state), retain: live.retain, isIdle: () => !live.isOpen() }
  })

  return {
    get: user,
    list: (userIds) => together([...new Set(userIds)].map(user)),
    search: async (text, limit) =>
      (await request.get_users({ text: normalName(text), ...(limit !== undefined && { limit }) })).users,
    async updateMe({ name, ...changes }) {
      const { cleanName } = await loadContract()
      return request.update_me({ ...changes, ...(name !== undefined && { name: cleanName(name) }) })
    },
    async block(user_id) {
      await request.block_user({ user_id })
    },
    async unblock(user_id) {
      await request.unblock_user({ user_id })
    },
  }
}

/** Several live users as one. */
function together(parts: readonly LiveUser[]): LiveUsers {
  function reader(read: (part: LiveUser) => UserState): () => UsersState {
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
    subscribe(listener) {
      const stops = parts.map(({ subscribe }) => subscribe(listener))
      return () => {
        for (const stop of stops) stop()
      }
    },
    getSnapshot: reader(({ getSnapshot }) => getSnapshot()),
    getServerSnapshot: reader(({ getServerSnapshot }) => getServerSnapshot()),
    retain() {
      const releases = parts.map(({ retain }) => retain())
      return () => {
        for (const release of releases) release()
      }
    },
  }
}

/** The least that is true of all. */
function joined(states: readonly UserState[]): UsersState {
  const sync = (['offline', 'catching_up'] as const).find((one) => states.some((state) => state.sync === one))
  const error = states.find((state) => state.error)?.error ?? null
  const rest = { sync: sync ?? 'live', users: states.flatMap(({ user }) => user ?? []) } as const
  if (states.some(({ status }) => status === 'loading')) return { ...rest, status: 'loading', error: null }
  if (error && states.some(({ status }) => status === 'error')) return { ...rest, status: 'error', error }
  return { ...rest, status: 'ready', error }
}

function isSame(a: UsersState, b: UsersState): boolean {
  return (
    a.status === b.status &&
    a.sync === b.sync &&
    a.error === b.error &&
    a.users.length === b.users.length &&
    a.users.every((user, at) => user === b.users[at])
  )
}
