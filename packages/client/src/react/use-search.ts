import { useEffect, useMemo, useRef, useState } from 'react'
import type { SearchHit } from '../entities.ts'
import type { SearchQuery, SearchResults } from '../search/search-state.ts'
import { useChatClient } from './chat-provider.tsx'
import { type HookState, skipped } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import type { ListControls } from './use-list.ts'
import { unchanging, useObservable, useRetained } from './use-observable.ts'

export interface SearchData extends ListControls {
  /** What was found, the newest first. While another query is `loading`, what the one before has found. */
  readonly hits: readonly SearchHit[]
  /** Until when messages are sure to be found, while the server still reads them; null if all are. */
  readonly indexedUntil: string | null
}

/** What was found, and whether that is loaded (`status`). */
export type UseSearch = HookState<SearchData>

const debounceMs = 250
const none: readonly SearchHit[] = []
const noSearch = {
  ...unchanging({ ...skipped, items: none, hasMore: false, indexedUntil: null }),
  loadMore: async () => false,
  reload: async () => {},
}

/**
 * Searches while somebody types: once they have stopped for a quarter of a second. A query without text is skipped.
 * @example
 * const { status, hits } = useSearch({ text })
 * // status === 'ready' && hits.length === 0 && <p>Nothing was found</p>
 * // hits.map(({ message, excerpt }) => <button key={message._id} onClick={() => void jumpTo(message.nth)}>{excerpt}</button>)
 */
export function useSearch(query: SearchQuery | Skip): UseSearch {
  const { search } = useChatClient()
  const wanted = query === skip || query.text.trim() === '' ? null : JSON.stringify(query)
  const settled = useSettled(wanted)
  const results: typeof noSearch | SearchResults =
    settled === null ? noSearch : search(JSON.parse(settled) as SearchQuery)
  useRetained(results)
  const state = useObservable<ReturnType<(typeof results)['getSnapshot']>>(results)
  const isAsking = wanted !== null && (wanted !== settled || state.status === 'loading')
  const before = useRef({ search, items: none })
  useEffect(() => {
    if (!isAsking) before.current = { search, items: state.items }
  }, [isAsking, state, search])
  // Not what another client has found: that may be another user's.
  const isKept = isAsking && state.items.length === 0 && before.current.search === search
  const hits = isKept ? before.current.items : state.items
  return useMemo(() => {
    const { items: _, ...rest } = state
    const { loadMore, reload } = results
    const whole = { ...rest, hits, loadMore, reload }
    // Still that of the query before.
    return (isAsking ? { ...whole, status: 'loading', error: null } : whole) as UseSearch
  }, [state, results, hits, isAsking])
}

/** The value, once it has not changed for a while; null at once. */
function useSettled(value: string | null): string | null {
  const [settled, settle] = useState(value)
  useEffect(() => {
    if (value === settled) return undefined
    // Not later: what is typed next would show what was found before it was empty.
    if (value === null) return settle(null)
    const timer = setTimeout(() => settle(value), debounceMs)
    return () => clearTimeout(timer)
  }, [value, settled])
  return value === null ? null : settled
}
