import type { ThingState } from '../live/live-thing.ts'
import type { UseList } from './use-list.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

export type Thing<T> = Holdable<UseList & Pick<ThingState<T>, 'data'>>

/** What the hooks of things show while they are given `skip`. */
export const noThing: Thing<never> = unchanging({
  status: 'skipped',
  sync: 'offline',
  data: null,
  error: null,
})

/** Loads a thing while the component is mounted, and keeps it current. */
export function useThing<T>(thing: Thing<T>): UseList & Pick<ThingState<T>, 'data'> {
  useRetained(thing)
  return useObservable(thing)
}
