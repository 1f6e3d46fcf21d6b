import { useEffect, useSyncExternalStore } from 'react'
import { createSource, type Observable, readOnly } from '../observable.ts'

/** State that is kept current while somebody holds it. */
export interface Holdable<T> extends Observable<T> {
  readonly retain: () => () => void
}

/** An observable's state; renders again whenever it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.getSnapshot, observable.getServerSnapshot)
}

/** Holds while the component is mounted. */
export function useRetained({ retain }: Holdable<unknown>): void {
  useEffect(() => retain(), [retain])
}

/** State that stays as it is: what a hook shows that was given `skip`. */
export function unchanging<T>(state: T): Holdable<T> {
  return { ...readOnly(createSource(state)), retain: () => () => {} }
}
