/** Where to go on after a hit, as the server has said: it may have looked further than that. */
export interface Cursors {
  /** @param after the id of a hit; undefined where there is none yet */
  readonly get: (after: string | undefined) => string | undefined
  readonly set: (after: string | undefined, before: string) => void
  /** A hit is gone; the one before it comes last now, perhaps. */
  readonly replace: (gone: string, previous: string | undefined) => void
}

const mostKept = 20

export function createCursors(): Cursors {
  const known = new Map<string | undefined, string>()

  function set(after: string | undefined, before: string): void {
    known.delete(after)
    known.set(after, before)
    for (const oldest of known.keys()) {
      if (known.size <= mostKept) break
      known.delete(oldest)
    }
  }

  return {
    get: (after) => known.get(after),
    set,
    replace(gone, previous) {
      const before = known.get(gone)
      if (before !== undefined) set(previous, before)
    },
  }
}
