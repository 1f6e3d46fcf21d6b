import { useEffect, useSyncExternalStore } from 'react'
import { createSource, type Observable, readOnly } from '../live/observable.ts'

/** State that is kept current while it is retained. */
export interface Holdable<T> extends Observable<T> {
  readonly retain: () => () => void
}

/** An observable's state; renders again when it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.getSnapshot, observable.getServerSnapshot)
}

/** Retains something while the component is mounted. */
export function useRetained({ retain }: Holdable<unknown>): void {
  useEffect(() => retain(), [retain])
}

/** State that never changes, for hooks that are given `skip`. */
export function unchanging<T>(state: T): Holdable<T> {
  return { ...readOnly(createSource(state)), retain: () => () => {} }
}
