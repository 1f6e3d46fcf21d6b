/** A value in the browser's storage. Tabs that share the storage see it change. */
export interface Stored<T> {
  readonly get: () => T
  readonly set: (value: T) => void
  readonly subscribe: (listener: () => void) => () => void
}

/**
 * Keeps a value under a key. `read` must turn anything found in the storage into a valid value.
 * Without storage, as in some private windows, the value lasts as long as the page.
 */
export function createStored<T>(
  storage: 'localStorage' | 'sessionStorage',
  key: string,
  read: (value: unknown) => T,
): Stored<T> {
  const name = `dowellchat.${key}`
  const listeners = new Set<() => void>()
  let value = load()

  function load(): T {
    try {
      return read(JSON.parse(window[storage].getItem(name) ?? 'null'))
    } catch {
      return read(null)
    }
  }

  function show(next: T): void {
    value = next
    for (const listener of [...listeners]) listener()
  }

  addEventListener('storage', (event) => {
    if (event.key === name) show(load())
  })

  return {
    get: () => value,
    set(next) {
      show(next)
      try {
        if (next === null || next === '') window[storage].removeItem(name)
        else window[storage].setItem(name, JSON.stringify(next))
      } catch {
        // The storage is full or not allowed; the page keeps the value in memory.
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
