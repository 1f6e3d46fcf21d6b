import { useMemo } from 'react'
import type { LiveThing, ThingState } from '../live/live-thing.ts'
import { type HookState, type Skipped, skipped } from './hook-state.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

interface Thing<T> extends Holdable<ThingState<T> | Skipped<{ readonly data: null }>> {
  readonly reload: LiveThing<T>['reload']
}

type Named<Name extends string, T> = Pick<LiveThing<T>, 'reload'> & { readonly [Key in Name]: T }

/** What the hooks of things show while they are given `skip`. */
export const noThing: Thing<never> = {
  ...unchanging({ ...skipped, data: null }),
  reload: async () => {},
}

/** Loads a thing while the component is mounted, keeps it current, and shows it under a name. */
export function useThing<T, Name extends string>(
  thing: Thing<T>,
  name: Name,
): HookState<Named<Name, T>, Named<Name, null>> {
  useRetained(thing)
  const state = useObservable(thing)
  return useMemo(() => {
    const { data, ...rest } = state
    // The compiler does not keep what `status` says of `data` when it gets another name.
    return { ...rest, [name]: data, reload: thing.reload } as HookState<Named<Name, T>, Named<Name, null>>
  }, [state, thing, name])
}
