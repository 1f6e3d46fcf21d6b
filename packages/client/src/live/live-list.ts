import { limits } from '@dowellchat/protocol/core'
import { RequestError } from '../errors.ts'
import type { Wire } from '../requests/wire.ts'
import type { Cached } from './cache.ts'
import { orGone } from './gone.ts'
import { ignorable } from './ignorable.ts'
import { createLive, type Changes as LiveChanges, type LiveState } from './live.ts'
import { createSource, type Observable, readOnly } from './observable.ts'
import {
  type Changed,
  type Changes,
  createRecorder,
  type Loaded,
  type Order,
  withChanges,
  withItem,
  withoutItem,
  withPage,
} from './pages.ts'

/**
 * A list: whether it is loaded (`status`) and whether it is current (`sync`). Going offline takes nothing away.
 *
 * @example
 * const state = client.tickets.list({ is_closed: false }).getSnapshot()
 * if (state.status === 'error') show(state.error.message)
 * else for (const ticket of state.items) show(ticket.product)
 */
export type ListState<Item> = LiveState<{
  /** While `loading`, what is known so far, mostly nothing. */
  readonly items: readonly Item[]
  /** Whether `loadMore` has more to load. */
  readonly hasMore: boolean
}>

/**
 * A list that loads its first page when it is first retained, its loaded pages after every reconnect, and is kept current
 * meanwhile.
 *
 * @example
 * const open = client.tickets.list({ is_closed: false })
 * const letGo = open.retain()
 * open.subscribe(() => render(open.getSnapshot().items))
 * await open.loadMore()
 */
export interface LiveList<Item> extends Observable<ListState<Item>> {
  /** Keeps the list loaded and current; call the answer to let go. */
  readonly retain: () => () => void
  /** Loads the next page; answers whether there are more. Rejects with a `RequestError`. */
  readonly loadMore: () => Promise<boolean>
  /** Loads what is shown again. Resolves when that has ended; `error` in the state says whether it failed. */
  readonly reload: () => Promise<void>
}

/** Where a list comes from. */
export interface ListSource<Item> extends Order<Item> {
  /** The items that follow one, or the first ones. */
  page(after: Item | undefined, limit: number): Promise<Loaded<Item>>
  /** The largest `limit`. */
  readonly mostAtOnce?: number
  /** Runs when the list opens and subscribes to its changes; the answer runs when it closes. */
  watch?(changes: Changes<Item>, again: () => void): () => void
}

/** A live list that its owner can change without a request. */
export interface EditableList<Item> extends LiveList<Item>, Cached, Changes<Item> {
  /** Puts several at once. */
  readonly putAll: (items: readonly Item[]) => void
}

/** Pushes let a list grow to so many items; by `loadMore` it becomes as long as one wants. */
const mostKept = 1_000
const mostTries = 3
const nothing: Loaded<never> = { items: [], hasMore: false }
/** What a list shows at first. */
export const loadingList: ListState<never> = { status: 'loading', sync: 'offline', error: null, ...nothing }

/** @param touch is called when the list becomes busy or idle */
export function createLiveList<Item>(
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
    while (loaded.hasMore && isShort() && loaded.items.length < mostKept && !signal.aborted)
      loaded = withPage(source, loaded, await source.page(loaded.items.at(-1), limit))
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
