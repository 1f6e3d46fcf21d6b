import type { SearchHit } from '../entities.ts'
import type { LiveState } from '../live/live.ts'
import type { Observable } from '../live/observable.ts'

/**
 * What is searched for.
 *
 * @example
 * const query: SearchQuery = { text: 'invoice', from: 'ben' }
 */
export interface SearchQuery {
  /** Messages have all of its words; the last one may be the beginning of one. At most 200 characters. */
  readonly text: string
  /** Only messages of these rooms, at most 20. Left out or empty: of all. */
  readonly rooms?: readonly string[] | undefined
  /** Only messages of these tickets, at most 20. */
  readonly tickets?: readonly string[] | undefined
  /** Only messages of this user. */
  readonly from?: string | undefined
}

/** What was found so far, and whether that is loaded (`status`). */
export type SearchState = LiveState<{
  /** The newest first. */
  readonly items: readonly SearchHit[]
  /** Whether `loadMore` may find more. */
  readonly hasMore: boolean
  /** Until when messages are sure to be found, while the server still reads older or newer ones; null if all are. */
  readonly indexedUntil: string | null
}>

/** The messages that a query finds. They are found when the list is first retained; what is removed meanwhile goes. */
export interface SearchResults extends Observable<SearchState> {
  /** Searches, and again after a reconnect; call the answer to let go. */
  readonly retain: () => () => void
  /** Finds the next ones; answers whether there may be more. Rejects with a `RequestError`, which may be ignored. */
  readonly loadMore: () => Promise<boolean>
  /** Searches again. */
  readonly reload: () => Promise<void>
}
