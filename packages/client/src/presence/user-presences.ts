import type { Presence } from '../entities.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import type { Wire } from '../requests/wire.ts'
import type { PresenceLoader } from './presence-loader.ts'

/** Whether users are there, by their ids; those whom the session may not see are missing. */
export type Presences = ReadonlyMap<string, Presence>

/** What is followed of users. */
export interface FollowedPresences {
  readonly known: () => Presences | null
  readonly again: () => void
}

/** @param followed what all such things have while they are followed: another one begins with what they know */
export function createUserPresences(
  wire: Wire,
  find: PresenceLoader,
  userIds: readonly string[],
  followed: Set<FollowedPresences>,
  touch: () => void,
): CachedThing<Presences> {
  const ids = new Set(userIds)
  /** What was pushed since the last load began. */
  let pushed = new Map<string, Presence>()
  /** What others knew when it was opened; null for nothing. */
  let early: Presences | null = null
  const thing: CachedThing<Presences> = createLiveThing<Presences>(
    {
      async load() {
        pushed = new Map()
        return new Map((await find(userIds)).map((one) => [one.user_id, one]))
      },
      merge(known, changes) {
        const before = known ?? early
        return before && merged(before, changes)
      },
      watch(push, again) {
        const found = [...followed].flatMap(({ known }) => [...(known() ?? [])]).filter(([id]) => ids.has(id))
        early = found.length > 0 ? new Map(found) : null
        if (early) push(early)
        const one = { again, known: () => thing.getSnapshot().data }
        followed.add(one)
        const stop = wire.on.presence_changed(({ presences }) => {
          const ours = presences.filter(({ user_id }) => ids.has(user_id))
          if (ours.length === 0) return
          for (const one of ours) pushed.set(one.user_id, one)
          push(new Map(pushed))
        })
        return () => {
          stop()
          followed.delete(one)
        }
      },
    },
    wire,
    touch,
  )
  return thing
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
