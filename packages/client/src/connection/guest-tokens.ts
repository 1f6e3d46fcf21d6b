/** Where a client keeps what must survive a reload. */
export interface ChatStorage {
  readonly get: (key: string) => Promise<string | null | undefined>
  readonly set: (key: string, value: string) => Promise<unknown>
  readonly remove: (key: string) => Promise<unknown>
}

/** A guest token, and the workspace where it counts. */
export interface KeptGuest {
  readonly workspace_id: string
  readonly guest_token: string
}

/** The guest tokens of one server, which the tabs of a browser share. */
export interface GuestTokens {
  /** The token to come back with. Without one, other tabs wait from now until `release`, so that they find this tab's. */
  readonly enter: (workspace_id: string) => Promise<string | undefined>
  /** The guest that somebody was who logs in now; `workspace_id` may be unknown if they were a guest in one workspace only. */
  readonly find: (workspace_id: string | undefined) => Promise<KeptGuest | undefined>
  /** Resolves when other tabs can find it. */
  readonly keep: (guest: KeptGuest) => Promise<void>
  readonly drop: (workspace_id: string) => Promise<void>
  /** Lets other tabs become guests. */
  readonly release: () => void
}

/** Other tabs wait no longer than this for one that does not reach the server. */
const mostWaitMs = 10_000
/** A browser tells its other processes a moment later what a page has stored, and a busy one later still. */
const spreadMs = 2_000

export function createGuestTokens(url: string, given: ChatStorage | undefined): GuestTokens {
  const key = `dowellchat guests ${url}`
  let storage: ChatStorage | undefined
  /** This client's own, which it stays: another tab may have become another guest where locks are missing. */
  let own: KeptGuest | undefined
  let release = nobodyWaits

  /** The kept tokens by workspace. */
  async function read(): Promise<Map<string, string>> {
    storage ??= given ?? browserStorage()
    try {
      const known = JSON.parse((await storage.get(key)) ?? '{}') as object
      return new Map(Object.entries(known).filter(([, token]) => typeof token === 'string'))
    } catch {
      return new Map()
    }
  }

  async function change(workspace_id: string, guest_token?: string): Promise<void> {
    const tokens = await read()
    if (guest_token === undefined) tokens.delete(workspace_id)
    else tokens.set(workspace_id, guest_token)
    const text = JSON.stringify(Object.fromEntries(tokens))
    try {
      await (tokens.size > 0 ? storage?.set(key, text) : storage?.remove(key))
    } catch {
      // A storage that is full or closed costs the guest the next reload, and nothing now.
    }
  }

  return {
    async enter(workspace_id) {
      release()
      if (own?.workspace_id === workspace_id) return own.guest_token
      const found = (await read()).get(workspace_id)
      if (found !== undefined) return found
      release = await lock(key)
      const made = (await read()).get(workspace_id)
      if (made !== undefined) release()
      return made
    },
    async find(workspace_id) {
      const known = await read()
      const [found, another] = [...known].filter(([id]) => workspace_id === undefined || id === workspace_id)
      return found && !another ? { workspace_id: found[0], guest_token: found[1] } : undefined
    },
    async keep(guest) {
      own = guest
      await change(guest.workspace_id, guest.guest_token)
      if (release !== nobodyWaits) await new Promise((resolve) => setTimeout(resolve, spreadMs))
    },
    async drop(workspace_id) {
      own = undefined
      await change(workspace_id)
    },
    release: () => release(),
  }
}

/** The browser's storage; elsewhere every call rejects. */
export function browserStorage(): ChatStorage {
  return {
    get: async (key) => window.localStorage.getItem(key),
    set: async (key, value) => window.localStorage.setItem(key, value),
    remove: async (key) => window.localStorage.removeItem(key),
  }
}

function nobodyWaits(): void {}

/** Waits for the browser's lock of a name, where there are locks; the answer lets it go. */
function lock(name: string): Promise<() => void> {
  const { locks } = (globalThis.navigator ?? {}) as Partial<Navigator>
  // Only pages share a storage.
  if (!locks || typeof window === 'undefined') return Promise.resolve(nobodyWaits)
  return new Promise((resolve) => {
    const waiting = new AbortController()
    // Once it is held this has no effect.
    setTimeout(() => waiting.abort(), mostWaitMs)
    const held = (): Promise<void> =>
      new Promise((end) => {
        setTimeout(end, mostWaitMs)
        resolve(end)
      })
    locks.request(name, { signal: waiting.signal }, held).catch(() => resolve(nobodyWaits))
  })
}
