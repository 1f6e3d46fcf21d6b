import { signal } from './signal.ts'

/** State that can be followed. `getSnapshot` answers the same object until the state changes, as React's stores do. */
export interface Observable<T> {
  /** Calls the listener after every change; the answer unsubscribes it. */
  readonly subscribe: (listener: () => void) => () => void
  readonly getSnapshot: () => T
  /** The initial state, which is what a server renders. */
  readonly getServerSnapshot: () => T
}

/** An observable and what changes it. Functions are properties, so that they work without their object. */
export interface Source<T> extends Observable<T> {
  /** Replaces the state; listeners are called if it is another object. */
  readonly set: (next: T) => void
  /** Replaces some fields; listeners are called if one of them differs. */
  readonly patch: (changes: Partial<T>) => void
}

export function createSource<T>(initial: T): Source<T> {
  let value = initial
  const [subscribe, tell] = signal()

  function set(next: T): void {
    if (Object.is(next, value)) return
    value = next
    tell()
  }

  return {
    subscribe,
    getSnapshot: () => value,
    getServerSnapshot: () => initial,
    set,
    patch(changes) {
      const keys = Object.keys(changes) as (keyof T)[]
      if (keys.some((key) => !Object.is(changes[key], value[key]))) set({ ...value, ...changes })
    },
  }
}

/** An observable without the ways to change it. */
export function readOnly<T>({ subscribe, getSnapshot, getServerSnapshot }: Observable<T>): Observable<T> {
  return { subscribe, getSnapshot, getServerSnapshot }
}
