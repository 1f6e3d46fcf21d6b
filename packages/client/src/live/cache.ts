/** An object that a client finds by name or id. */
export interface Cached {
  /** False while dropping it would lose something: a subscription, or unsent messages. */
  readonly isIdle: () => boolean
}

/** How many of the most recently used objects are kept. */
const mostKept = 50

/**
 * Finds objects by key, and creates them on first use. Idle ones are dropped once many others have been used.
 * @param create also gets a function to call when the object becomes busy or idle
 */
export function createCache<Key, Thing extends Cached>(
  create: (key: Key, touch: () => void) => Thing,
): (key: Key) => Thing {
  // Weak, so that a dropped object is found again while the application still has it: two objects of one room would
  // interfere with each other.
  const known = new Map<Key, WeakRef<Thing>>()
  /** The kept objects, the least recently used first. */
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
