import type { Wire } from '../requests/wire.ts'
import { createLazy } from './lazy.ts'
import {
  type EditableList,
  type ListSource,
  type ListState,
  type LiveList,
  loadingList,
} from './live-list.ts'

/** A list whose code is loaded when it is first used. */
export function createLazyList<Item>(find: () => Promise<LiveList<Item>>): LiveList<Item> {
  const { real, now: _now, ...list } = createLazy<ListState<Item>, LiveList<Item>>(loadingList, find)
  return { ...list, loadMore: async () => (await real()).loadMore() }
}

/**
 * A list of a client. Its code comes when it is first held, as the schemas of what it loads do.
 * @param touch is called when the list becomes busy or idle
 */
export function createLiveList<Item>(
  source: ListSource<Item>,
  wire: Wire,
  touch?: () => void,
): EditableList<Item> {
  const { real, now, ...list } = createLazy<ListState<Item>, EditableList<Item>>(loadingList, async () => {
    const { createLoadedList } = await import('../later-things.ts')
    return createLoadedList(source, wire, touch)
  })
  return {
    ...list,
    loadMore: async () => (await real()).loadMore(),
    isIdle: () => now()?.isIdle() ?? true,
    // What is not loaded has them once it is.
    put: (item) => now()?.put(item),
    putAll: (items) => now()?.putAll(items),
    remove: (id) => now()?.remove(id),
  }
}
