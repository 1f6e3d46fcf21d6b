import type { Cached } from './cache.ts'
import type { LiveState } from './live.ts'
import type { Observable } from './observable.ts'
import type { Changes, Loaded, Order } from './pages.ts'

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
  /** Loads the next page; answers whether there are more. Rejects with a `RequestError`, which may be ignored. */
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

/** What a list shows at first. */
export const loadingList: ListState<never> = {
  status: 'loading',
  sync: 'offline',
  error: null,
  items: [],
  hasMore: false,
}
