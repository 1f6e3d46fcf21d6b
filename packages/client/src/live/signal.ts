export type Listen<T> = (listener: (told: T) => void) => () => void

/** What somebody tells others: `listen` answers what unsubscribes the listener, and `isHeard` whether there are any. */
export function signal<T = void>(): [listen: Listen<T>, tell: (told: T) => void, isHeard: () => boolean] {
  const listeners = new Set<(told: T) => void>()
  return [
    (listener) => {
      // A new function, so that the same listener can be subscribed twice.
      const call = (told: T): void => listener(told)
      listeners.add(call)
      return () => void listeners.delete(call)
    },
    (told) => {
      for (const listener of [...listeners]) listener(told)
    },
    () => listeners.size > 0,
  ]
}
