import { limits } from '@dowellchat/protocol/core'
import { RequestError } from '../errors.ts'
import type { Wire } from '../requests/wire.ts'
import { orGone } from './gone.ts'
import { ignorable } from './ignorable.ts'
import { createLive, type Changes as LiveChanges } from './live.ts'
import { type EditableList, type ListSource, type ListState, loadingList } from './live-list.ts'
import { createSource, readOnly } from './observable.ts'
import {
  type Changed,
  createRecorder,
  type Loaded,
  withChanges,
  withItem,
  withoutItem,
  withPage,
} from './pages.ts'

/** Pushes let a list grow to so many items; by `loadMore` it becomes as long as one wants. */
const mostKept = 1_000
const mostTries = 3
const nothing: Loaded<never> = { items: [], hasMore: false }
/** @param touch is called when the list becomes busy or idle */
export function createLoadedList<Item>(
  source: ListSource<Item>,
  { connection, pageSize }: Wire,
  touch: () => void = () => {},
): EditableList<Item> {
  const { mostAtOnce = limits.page_entries } = source
  const state = createSource<ListState<Item>>(loadingList)
  const recorder = createRecorder<Item>()
  let most = mostKept
  let gone: RequestError | null = null
  /** The load that is under way, and how many have begun. */
  let loading: Promise<unknown> | undefined
  let loads = 0
  let next: Promise<boolean> | undefined

  const live = createLive<ListState<Item>>(
    {
      state: { getSnapshot: state.getSnapshot, patch: show },
      async load(signal) {
        loads += 1
        const record = recorder.begin()
        signal.addEventListener('abort', record.end)
        const answer = orGone(shownAgain(signal))
        loading = answer.catch(record.end)
        const loaded = await answer
        return () => {
          gone = loaded instanceof RequestError ? loaded : null
          return withPages(loaded instanceof RequestError ? nothing : loaded, record.end())
        }
      },
      listen() {
        touch()
        const stop = source.watch?.({ put, remove }, () => void live.run())
        return () => {
          stop?.()
          touch()
        }
      },
    },
    connection,
  )

  /** That there is no such list is known as well as what is in it, and is kept as current. */
  function show(changes: LiveChanges<ListState<Item>>): void {
    if (gone && changes.status === 'ready') state.patch({ ...changes, status: 'error', error: gone })
    else state.patch(changes)
  }

  function shown(): Loaded<Item> | undefined {
    const now = state.getSnapshot()
    return now.status === 'ready' ? now : undefined
  }

  /** The first page, or as many as reach to the last item that is shown. */
  async function shownAgain(signal: AbortSignal): Promise<Loaded<Item>> {
    const { items } = shown() ?? nothing
    const last = items.at(-1)
    const limit = Math.min(Math.max(pageSize, items.length), mostAtOnce)
    let loaded = await source.page(undefined, limit)
    const isShort = (end = loaded.items.at(-1)): boolean =>
      end !== undefined && last !== undefined && source.compare(end, last) < 0
    while (loaded.hasMore && isShort() && loaded.items.length < mostKept && !signal.aborted) {
      const longer = withPage(source, loaded, await source.page(loaded.items.at(-1), limit))
      // Its end has moved up or left meanwhile: nothing new follows it. What is left, `loadMore` finds.
      if (longer.items.length === loaded.items.length) break
      loaded = longer
    }
    return loaded
  }

  async function loadNext(): Promise<boolean> {
    for (let tries = 1; tries <= mostTries; tries++) {
      await loading
      const last = shown()?.items.at(-1)
      if (!shown()?.hasMore) break
      const [record, before] = [recorder.begin(), loads]
      const page = await source.page(last, Math.min(pageSize, mostAtOnce)).finally(record.end)
      const now = shown()
      // Not if what is shown has been loaded again, or others have been let go of after it.
      if (!now || before !== loads || !follows(now.items.at(-1), last, record.end())) continue
      state.patch(withPages(withPage(source, now, page), record.end()))
      break
    }
    return state.getSnapshot().hasMore
  }

  /** Whether what comes after an item still follows the end of what is shown. */
  function follows(end: Item | undefined, last: Item | undefined, changed: Changed<Item>): boolean {
    if (last === undefined) return true
    const id = source.idOf(last)
    return changed.get(id) === null || (end !== undefined && source.idOf(end) === id)
  }

  /** What answers and what has changed meanwhile make of the list. */
  function withPages(loaded: Loaded<Item>, changed: Changed<Item>): Loaded<Item> {
    most = Math.max(mostKept, loaded.items.length)
    return withChanges(source, loaded, changed, most)
  }

  function change({ items, hasMore }: Loaded<Item>): void {
    state.patch({ items, hasMore })
  }

  function putAll(items: readonly Item[]): void {
    for (const item of items) recorder.note(source.idOf(item), item)
    const loaded = shown()
    if (loaded) change(items.reduce<Loaded<Item>>((now, item) => withItem(source, now, item, most), loaded))
  }

  const put = (item: Item): void => putAll([item])

  function remove(id: string): void {
    recorder.note(id, null)
    const loaded = shown()
    if (!loaded) return
    change(withoutItem(source, loaded, id))
    // So that a list whose items leave it does not end up empty before its end.
    if (live.isOpen() && loaded.hasMore && loaded.items.length <= pageSize / 2) void loadMore()
  }

  function loadMore(): Promise<boolean> {
    next ??= loadNext().finally(() => {
      next = undefined
    })
    return ignorable(next)
  }

  return {
    ...readOnly(state),
    retain: live.retain,
    isIdle: () => !live.isOpen(),
    put,
    putAll,
    remove,
    reload: () => live.run(),
    loadMore,
  }
}
