import type { ListState, LiveList } from '../live/live-list.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

/** What the hooks of lists have in common. */
export interface UseList extends Pick<ListState<unknown>, 'sync' | 'error'> {
  /** Whether there is data; stays `ready` while offline. */
  readonly status: ListState<unknown>['status'] | 'skipped'
}

export type List<Item> = Holdable<UseList & Pick<ListState<Item>, 'items' | 'hasMore'>> &
  Pick<LiveList<Item>, 'loadMore' | 'reload'>

/** What the hooks of lists show while they are given `skip`. */
export const noList: List<never> = {
  ...unchanging({ status: 'skipped', sync: 'offline', items: [], hasMore: false, error: null }),
  loadMore: () => Promise.resolve(false),
  reload: () => Promise.resolve(),
}

/** Loads a list while the component is mounted, and keeps it current. */
export function useList<Item>(list: List<Item>): UseList & Pick<ListState<Item>, 'items' | 'hasMore'> {
  useRetained(list)
  return useObservable(list)
}
