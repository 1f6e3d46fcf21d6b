import { limits } from '@dowellchat/protocol/core'
import { type Changes, createLive, type LiveState } from '../live/live.ts'
import { createSource, type Observable, readOnly } from '../live/observable.ts'
import type { Wire } from '../requests/wire.ts'

type BlockedState = LiveState<{ readonly ids: ReadonlySet<string> }>

/** Whoever has blocked more people does not see the oldest ones marked; the server keeps to all of them. */
const mostKnown = 1_000
const nobody: ReadonlySet<string> = new Set()

interface BlockedUsers extends Observable<ReadonlySet<string>> {
  readonly retain: () => () => void
  readonly reload: () => Promise<void>
}

/** The ids of those whom the user has blocked, kept current over all devices while they are retained. */
export function createBlockedUsers({ connection, request, on }: Wire): BlockedUsers {
  const state = createSource<BlockedState>({ status: 'loading', sync: 'offline', error: null, ids: nobody })
  const known = createSource(nobody)
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

  state.subscribe(() => known.set(state.getSnapshot().ids))
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

  return { ...readOnly(known), retain: live.retain, reload: () => live.run() }
}

function same(before: ReadonlySet<string>, now: ReadonlySet<string>): ReadonlySet<string> {
  return before.size === now.size && [...now].every((id) => before.has(id)) ? before : now
}
