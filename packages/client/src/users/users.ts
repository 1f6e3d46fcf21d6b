import type { User } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { once } from '../live/later-code.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazy, createLazyLists, createLazyThings } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { type Observable, readOnly } from '../live/observable.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { createIsBlocked } from './is-blocked.ts'
import type { UserActions } from './user-actions.ts'

const nobody: ReadonlySet<string> = new Set()

/** The users of the workspace that the session may see. */
export interface Users extends UserActions {
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
}

export function createUsers(wire: Wire): Users {
  const { request } = wire
  const find = once(({ createUserLoader }) => createUserLoader(request))
  const get = createLazyThings(
    (things, userId, touch) => things.createUser(wire, find(things), userId, touch),
    'get_users',
  )
  const lists = createLazyLists(
    ({ createUserList }, ids) => createUserList(JSON.parse(ids).map(get)),
    'get_users',
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
    ...laterMethods<UserActions>(
      ['search', 'updateMe', 'block', 'unblock'],
      ({ createUserActions }) => createUserActions(wire),
      'update_me',
    ),
  }
}
