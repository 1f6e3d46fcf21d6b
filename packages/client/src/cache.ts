/** Something that a client finds by name or id. */
export interface Cached {
  /** False while it holds what nobody else has: a subscription, or messages that are not sent. */
  readonly isIdle: () => boolean
}

/** How many of the most recently used ones stay ready. */
const mostKept = 50

/**
 * Finds things by key, and creates them when they are first asked for. Idle ones are dropped once many others were used.
 * @param create also gets a function to call when the thing becomes busy or idle
 */
export function createCache<Key, Thing extends Cached>(
  create: (key: Key, touch: () => void) => Thing,
): (key: Key) => Thing {
  // Weak, so that a dropped one is found again while an application still has it: two of one room would get in each
  // other's way.
  const known = new Map<Key, WeakRef<Thing>>()
  /** Those that are kept, the least recently used first. */
  const kept = new Set<Thing>()
  let sweepAt = mostKept * 2

  function touch(thing: Thing): void {
    kept.delete(thing)
    kept.add(thing)
    let surplus = kept.size - mostKept
    for (const one of kept) {
      if (surplus <= 0) return
      surplus -= 1
      if (one.isIdle()) kept.delete(one)
    }
  }

  function sweep(): void {
    for (const [key, thing] of known) if (!thing.deref()) known.delete(key)
    sweepAt = (known.size + mostKept) * 2
  }

  function add(key: Key): Thing {
    const thing: Thing = create(key, () => touch(thing))
    known.set(key, new WeakRef(thing))
    if (known.size > sweepAt) sweep()
    return thing
  }

  return (key) => {
    const thing = known.get(key)?.deref() ?? add(key)
    touch(thing)
    return thing
  }
}
