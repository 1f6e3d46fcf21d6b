import { useMemo } from 'react'
import type { ListState, LiveList } from '../live/live-list.ts'
import { type HookState, type Skipped, skipped } from './hook-state.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

type ListFunctions = Pick<LiveList<unknown>, 'reload'>

interface List<Item> extends Holdable<ListState<Item> | Skipped<{ readonly items: readonly Item[] }>> {
  readonly reload: LiveList<Item>['reload']
}

/** What the hooks of lists show while they are given `skip`. */
export const noList: List<never> = {
  ...unchanging({ ...skipped, items: [] }),
  reload: () => Promise.resolve(),
}

/** Loads a list while the component is mounted, keeps it current, and shows its items under a name. */
export function useList<Item, Name extends string>(
  list: List<Item>,
  name: Name,
): HookState<ListFunctions & { readonly [Key in Name]: readonly Item[] }> {
  useRetained(list)
  const state = useObservable(list)
  return useMemo(() => {
    const { items, ...rest } = state
    // The compiler cannot see that a computed name is that one.
    const named = { [name]: items } as { readonly [Key in Name]: readonly Item[] }
    return { ...rest, ...named, reload: list.reload }
  }, [state, list, name])
}
