/** State that tells when it changes. `getSnapshot` answers the same object until then, as React's stores do. */
export interface Observable<T> {
  /** Calls the listener after every change; the answer ends it. */
  readonly subscribe: (listener: () => void) => () => void
  readonly getSnapshot: () => T
  /** The state that it was made with, which is what a server renders. */
  readonly getServerSnapshot: () => T
}

/** An observable and what changes it. Functions are properties, so that they can be handed on without their object. */
export interface Source<T> extends Observable<T> {
  /** Sets the state, and tells of it where it is another one. */
  readonly set: (next: T) => void
  /** Sets some fields. */
  readonly patch: (changes: Partial<T>) => void
}

export function createSource<T>(initial: T): Source<T> {
  let value = initial
  const listeners = new Set<() => void>()

  function set(next: T): void {
    if (Object.is(next, value)) return
    value = next
    for (const listener of [...listeners]) listener()
  }

  return {
    subscribe(listener) {
      // A function of its own, so that the same listener can be there twice.
      const tell = (): void => listener()
      listeners.add(tell)
      return () => void listeners.delete(tell)
    },
    getSnapshot: () => value,
    getServerSnapshot: () => initial,
    set,
    patch: (changes) => set({ ...value, ...changes }),
  }
}

/** An observable without the ways to change it. */
export function readOnly<T>({ subscribe, getSnapshot, getServerSnapshot }: Observable<T>): Observable<T> {
  return { subscribe, getSnapshot, getServerSnapshot }
}
