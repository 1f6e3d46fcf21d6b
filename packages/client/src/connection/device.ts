import { uuid } from '../uuid.ts'

/** The id by which the server knows a tab: one at a time, and the same after a reload. */
export interface Device {
  /** This client's id, which no other client has until it is released. */
  readonly acquire: () => Promise<string>
  readonly release: () => void
}

const key = 'dowellchat devices'
/** How many ids a tab remembers: one for each of its clients. */
const mostKept = 8

/**
 * A tab's ids are in its `sessionStorage`, and each is locked by the client that has it: so a copy of the tab, which gets a
 * copy of that storage, takes another id, and so does another client of the same page. Without Web Locks an id lives as
 * long as its client.
 */
export function createDevice(): Device {
  let own: string | undefined
  let unlock: (() => void) | undefined
  let acquiring: Promise<string> | undefined

  async function find(): Promise<string> {
    if (own !== undefined && !sessionLocks()) return own
    for (const id of [...(own ? [own] : []), ...known()]) {
      unlock = await lock(id)
      if (unlock) return id
    }
    const made = uuid()
    unlock = await lock(made)
    if (unlock) remember(made)
    return made
  }

  return {
    acquire() {
      acquiring ??= find().then((id) => (own = id))
      return acquiring
    },
    release() {
      void acquiring?.then(() => unlock?.())
      acquiring = undefined
    },
  }
}

/** The locks of a browser; undefined where there are none, or no storage that belongs to a tab. */
function sessionLocks(): LockManager | undefined {
  if (typeof document === 'undefined') return undefined
  return (globalThis.navigator as Navigator | undefined)?.locks
}

/** Locks an id; undefined if somebody else has it, or if there are no locks. */
async function lock(id: string): Promise<(() => void) | undefined> {
  const locks = sessionLocks()
  if (!locks) return undefined
  return new Promise((resolve) => {
    const held = (granted: Lock | null): Promise<void> | undefined => {
      if (granted) return new Promise((end) => resolve(end))
      resolve(undefined)
      return undefined
    }
    locks.request(`dowellchat device ${id}`, { ifAvailable: true }, held).catch(() => resolve(undefined))
  })
}

function known(): string[] {
  try {
    const ids: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]')
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}

function remember(id: string): void {
  try {
    sessionStorage.setItem(key, JSON.stringify([...known(), id].slice(-mostKept)))
  } catch {
    // A storage that is full or closed costs the tab its id at the next reload.
  }
}
