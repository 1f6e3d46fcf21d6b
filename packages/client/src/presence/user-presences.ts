import type { Presence } from '../entities.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import type { Wire } from '../requests/wire.ts'
import type { PresenceLoader } from './presence-loader.ts'

/** Whether users are there, by their ids; those whom the session may not see are missing. */
export type Presences = ReadonlyMap<string, Presence>

/** @param reloads gets how to load it again, while it is followed */
export function createUserPresences(
  wire: Wire,
  find: PresenceLoader,
  userIds: readonly string[],
  reloads: Set<() => void>,
  touch: () => void,
): CachedThing<Presences> {
  const ids = new Set(userIds)
  /** What was pushed since the last load began. */
  let pushed = new Map<string, Presence>()
  return createLiveThing<Presences>(
    {
      async load() {
        pushed = new Map()
        return new Map((await find(userIds)).map((one) => [one.user_id, one]))
      },
      merge: (known, changes) => known && merged(known, changes),
      watch(push, again) {
        reloads.add(again)
        const stop = wire.on.presence_changed(({ presences }) => {
          const ours = presences.filter(({ user_id }) => ids.has(user_id))
          if (ours.length === 0) return
          for (const one of ours) pushed.set(one.user_id, one)
          push(new Map(pushed))
        })
        return () => {
          stop()
          reloads.delete(again)
        }
      },
    },
    wire,
    touch,
  )
}

/** The same map where nothing has changed. */
function merged(known: Presences, changes: Presences): Presences {
  const changed = [...changes].filter(([id, one]) => !isSame(known.get(id), one))
  return changed.length === 0 ? known : new Map([...known, ...changed])
}

function isSame(a: Presence | undefined, b: Presence): boolean {
  return (
    a?.availability === b.availability && a.status_text === b.status_text && a.last_seen_at === b.last_seen_at
  )
}
