import { useMemo } from 'react'
import type { ListState, LiveList } from '../live/live-list.ts'
import { type HookState, type Skipped, skipped } from './hook-state.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

/** What the hooks of lists have beside their items. */
export interface ListControls {
  /** Whether `loadMore` has more to load. */
  readonly hasMore: boolean
  /** Loads the next page; answers whether there are more. Rejects with a `RequestError`, which may be ignored. */
  readonly loadMore: () => Promise<boolean>
  /** Loads what is shown again. Resolves when that has ended; `error` says whether it failed. */
  readonly reload: () => Promise<void>
}

type Loaded<Item> = Pick<ListState<Item>, 'items' | 'hasMore'>

interface List<Item>
  extends Holdable<ListState<Item> | Skipped<Loaded<Item>>>,
    Pick<LiveList<Item>, 'loadMore' | 'reload'> {}

/** What the hooks of lists show while they are given `skip`. */
export const noList: List<never> = {
  ...unchanging({ ...skipped, items: [], hasMore: false }),
  loadMore: async () => false,
  reload: async () => {},
}

/** Loads a list while the component is mounted, keeps it current, and shows its items under a name. */
export function useList<Item, Name extends string>(
  list: List<Item>,
  name: Name,
): HookState<ListControls & { readonly [Key in Name]: readonly Item[] }> {
  useRetained(list)
  const state = useObservable(list)
  return useMemo(() => {
    const { items, ...rest } = state
    // The compiler cannot see that a computed name is that one.
    const named = { [name]: items } as { readonly [Key in Name]: readonly Item[] }
    return { ...rest, ...named, loadMore: list.loadMore, reload: list.reload }
  }, [state, list, name])
}
