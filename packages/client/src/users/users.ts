import type { PayloadOf } from '@dowellchat/protocol'
import { normalName } from '@dowellchat/protocol/core'
import type { User } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { once } from '../live/later-code.ts'
import { createLazy, createLazyList, createLazyThing } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { type Observable, readOnly } from '../live/observable.ts'
import { together } from '../live/stops.ts'
import type { UserMetadata } from '../register.ts'
import { contract } from '../requests/contract.ts'
import type { Wire } from '../requests/wire.ts'
import { createIsBlocked } from './is-blocked.ts'

const nobody: ReadonlySet<string> = new Set()

/**
 * Changes to the session's own user. Fields that are left out stay as they are; null removes them. `metadata` replaces all of
 * it.
 *
 * @example
 * const changes: UserChanges = { name: 'Ann', picture: null }
 */
export interface UserChanges extends Omit<PayloadOf<'update_me'>, 'metadata'> {
  readonly metadata?: UserMetadata | undefined
}

/** The users of the workspace that the session may see. */
export interface Users {
  /**
   * A user by their id; `not_found` for one who is not there, or whom the session may not see. Ids that are asked for at the
   * same time are loaded by one request.
   *
   * @example
   * const state = client.users.get('bob').getSnapshot()
   * const name = state.data?.name ?? 'bob'
   */
  readonly get: (userId: string) => LiveThing<User>
  /** Several users by their ids, in that order; without those who are not there or may not be seen. */
  readonly list: (userIds: readonly string[]) => LiveList<User>
  /** Users whose name begins with a text, in the order of their names. Rejects with a `RequestError`. */
  readonly search: (text: string, limit?: number) => Promise<readonly User[]>
  /** Changes the name, picture or metadata of the session's own user. Rejects with a `RequestError`. */
  readonly updateMe: (changes: UserChanges) => Promise<User>
  /** The user ids of those whom the user has blocked, at most the newest 1,000: loaded while somebody subscribes, kept current over all devices. */
  readonly blocked: Observable<ReadonlySet<string>>
  /**
   * Whether the user has blocked somebody.
   *
   * @example
   * const isBlocked = client.users.isBlocked('eve')
   * isBlocked.subscribe(() => render(isBlocked.getSnapshot()))
   */
  readonly isBlocked: (userId: string) => Observable<boolean>
  /** Blocks a user: their calls no longer ring, and neither can write in a direct room of the two. Blocking twice changes nothing. Rejects with a `RequestError`. */
  readonly block: (userId: string) => Promise<void>
  /** Undoes `block`. Rejects with a `RequestError`. */
  readonly unblock: (userId: string) => Promise<void>
}

export function createUsers(wire: Wire): Users {
  const { request } = wire
  const find = once(({ createUserLoader }) => createUserLoader(request))
  const get = createCache((userId: string, touch) =>
    createLazyThing((things) => things.createUser(wire, find(things), userId, touch), 'get_users', touch),
  )
  const lists = createCache((ids: string, touch) =>
    createLazyList(({ createUserList }) => createUserList(JSON.parse(ids).map(get)), 'get_users', touch),
  )
  const loaded = createLazy(nobody, ({ createBlockedUsers }) => createBlockedUsers(wire), 'get_blocked_users')
  const blocked: Observable<ReadonlySet<string>> = {
    ...readOnly(loaded),
    subscribe: (listener) => together(loaded.subscribe(listener), loaded.retain()),
  }
  wire.blocked.from(blocked)
  const isBlocked = createCache((userId: string) => createIsBlocked(blocked, userId))

  return {
    get,
    blocked,
    isBlocked,
    list: (userIds) => lists(JSON.stringify([...new Set(userIds)])),
    search: async (text, limit) =>
      (await request.get_users({ text: normalName(text), ...(limit !== undefined && { limit }) })).users,
    async updateMe({ name, ...changes }) {
      const { cleanName } = await contract.load('update_me')
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
