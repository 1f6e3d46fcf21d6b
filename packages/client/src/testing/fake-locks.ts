import { vi } from 'vitest'

interface Request {
  readonly callback: (lock: object | null) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
}

interface Held extends Request {
  /** Ends with its tab. */
  readonly tab: object
}

/** A browser's Web Locks, which Node 20 has not, with tabs that can crash. Each one gets what `openTab` runs. */
export function fakeLocks() {
  const held = new Map<string, Held>()
  const lines = new Map<string, Held[]>()
  let current: object = {}

  function next(name: string): void {
    const first = lines.get(name)?.shift()
    if (first) grant(name, first)
  }

  function grant(name: string, request: Held): void {
    held.set(name, request)
    const end = (): void => {
      if (held.get(name) !== request) return
      held.delete(name)
      next(name)
    }
    const done = Promise.resolve().then(() => request.callback({ name }))
    done.then(request.resolve, request.reject).finally(end)
  }

  const locksOf = (tab: object) => ({
    request(name: string, ...args: unknown[]): Promise<unknown> {
      const callback = args.at(-1) as Request['callback']
      const { ifAvailable, steal, signal } = (args.length > 1 ? args[0] : {}) as LockOptions
      return new Promise((resolve, reject) => {
        const request: Held = { tab, callback, resolve, reject }
        const stolen = held.get(name)
        if (steal && stolen) {
          held.delete(name)
          stolen.reject(new DOMException('Stolen', 'AbortError'))
        }
        if (!held.has(name)) return grant(name, request)
        if (ifAvailable) return void Promise.resolve(callback(null)).then(resolve, reject)
        const line = lines.get(name) ?? []
        lines.set(name, [...line, request])
        signal?.addEventListener('abort', () => {
          lines.set(name, lines.get(name)?.filter((one) => one !== request) ?? [])
          reject(new DOMException('Aborted', 'AbortError'))
        })
      })
    },
  })

  return {
    /** Everything that asks for a lock from now on does so in this new tab. */
    openTab(): object {
      current = {}
      vi.stubGlobal('navigator', { locks: locksOf(current) })
      return current
    },
    /** Lets go of all locks of a tab, and of its place in every line. */
    crash(tab: object): void {
      for (const [name, line] of lines)
        lines.set(
          name,
          line.filter((one) => one.tab !== tab),
        )
      for (const [name, one] of [...held])
        if (one.tab === tab) {
          held.delete(name)
          next(name)
        }
    },
  }
}
