import type { PayloadOf } from '@dowellchat/protocol'
import { normalName } from '@dowellchat/protocol/core'
import type { User } from '../entities.ts'
import { ownError } from '../errors.ts'
import { createCache } from '../live/cache.ts'
import type { LiveList } from '../live/live-list.ts'
import { createLiveThing, type LiveThing } from '../live/live-thing.ts'
import type { Observable } from '../live/observable.ts'
import type { UserMetadata } from '../register.ts'
import { loadContract } from '../requests/contract.ts'
import type { Wire } from '../requests/wire.ts'
import { createBlockedUsers, createIsBlocked } from './blocked-users.ts'
import { createUserList } from './several.ts'
import { createUserLoader } from './user-loader.ts'

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
  const { request, on } = wire
  const find = createUserLoader(request)

  const get = createCache((userId: string, touch) =>
    createLiveThing<User>(
      {
        async load() {
          const user = await find(userId)
          if (!user) throw ownError('get_users', 'not_found', `There is no user ${userId}`)
          return user
        },
        merge: (_, pushed) => pushed,
        watch: (push) => on.user_updated(({ data }) => data.user_id === userId && push(data)),
      },
      wire,
      touch,
    ),
  )
  const blocked = createBlockedUsers(wire)
  wire.blocked.from(blocked)
  const isBlocked = createCache((userId: string) => createIsBlocked(blocked, userId))
  const lists = createCache((ids: string) => createUserList(JSON.parse(ids).map(get)))

  return {
    get,
    blocked,
    isBlocked,
    list: (userIds) => lists(JSON.stringify([...new Set(userIds)])),
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
