import { limits } from '@dowellchat/protocol/core'
import type { Cached } from '../live/cache.ts'
import { type Changes, createLive, type LiveState } from '../live/live.ts'
import { createSource, type Observable } from '../live/observable.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'

type BlockedState = LiveState<{ readonly ids: ReadonlySet<string> }>

/** Whoever has blocked more people does not see the oldest ones marked; the server keeps to all of them. */
const mostKnown = 1_000
const nobody: ReadonlySet<string> = new Set()

/**
 * The ids of those whom the user has blocked. They are loaded when somebody first subscribes, and kept current over all devices
 * while somebody does.
 */
export function createBlockedUsers({ connection, request, on }: Wire): Observable<ReadonlySet<string>> {
  const state = createSource<BlockedState>({ status: 'loading', sync: 'offline', error: null, ids: nobody })
  /** What has changed since the load that is under way began. */
  let changed = new Map<string, boolean>()

  function withChanges(ids: Iterable<string>): ReadonlySet<string> {
    const all = new Set(ids)
    for (const [id, is_blocked] of changed) {
      if (is_blocked) all.add(id)
      else all.delete(id)
    }
    return all
  }

  async function load(): Promise<() => Changes<BlockedState>> {
    changed = new Map()
    const ids: string[] = []
    // Guests block nobody.
    let more = connection.getSnapshot().session?.can.includes('get_blocked_users') === true
    while (more && ids.length < mostKnown) {
      const last = ids.at(-1)
      const page = await request.get_blocked_users({
        limit: limits.users,
        ...(last !== undefined && { before: last }),
      })
      ids.push(...page.blocked_users.map(({ user_id }) => user_id))
      more = page.more && page.blocked_users.length > 0
    }
    return () => ({ ids: same(state.getSnapshot().ids, withChanges(ids)) })
  }

  const live = createLive<BlockedState>(
    {
      state,
      load,
      listen: () =>
        on.block_changed(({ user_id, is_blocked }) => {
          changed.set(user_id, is_blocked)
          const { ids } = state.getSnapshot()
          if (ids.has(user_id) !== is_blocked) state.patch({ ids: withChanges(ids) })
        }),
    },
    connection,
  )

  return {
    subscribe(listener) {
      let { ids } = state.getSnapshot()
      const look = (): void => {
        const now = state.getSnapshot().ids
        if (now === ids) return
        ids = now
        listener()
      }
      return together(state.subscribe(look), live.retain())
    },
    getSnapshot: () => state.getSnapshot().ids,
    getServerSnapshot: () => nobody,
  }
}

/** Whether one user is among them. */
export function createIsBlocked(
  blocked: Observable<ReadonlySet<string>>,
  userId: string,
): Observable<boolean> & Cached {
  return {
    subscribe(listener) {
      let is = blocked.getSnapshot().has(userId)
      return blocked.subscribe(() => {
        const now = blocked.getSnapshot().has(userId)
        if (now === is) return
        is = now
        listener()
      })
    },
    getSnapshot: () => blocked.getSnapshot().has(userId),
    getServerSnapshot: () => false,
    isIdle: () => true,
  }
}

function same(before: ReadonlySet<string>, now: ReadonlySet<string>): ReadonlySet<string> {
  return before.size === now.size && [...now].every((id) => before.has(id)) ? before : now
}
