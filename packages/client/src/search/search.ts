import { normalName } from '@dowellchat/protocol/core'
import { createCache } from '../live/cache.ts'
import { createLazyPages } from '../live/lazy.ts'
import { loadingList } from '../live/live-list.ts'
import type { Wire } from '../requests/wire.ts'
import type { SearchQuery, SearchResults, SearchState } from './search-state.ts'

const loading: SearchState = { ...loadingList, indexedUntil: null }

export function createSearch(wire: Wire): (query: SearchQuery) => SearchResults {
  const lists = createCache((key: string, touch) =>
    createLazyPages<SearchState, SearchResults>(
      loading,
      ({ createSearchResults }) => createSearchResults(wire, JSON.parse(key)),
      'search',
      touch,
    ),
  )
  return (query) => lists(keyOf(query))
}

/** The same for queries that find the same. */
function keyOf({ text, rooms = [], tickets = [], from }: SearchQuery): string {
  return JSON.stringify({
    text: text.trim(),
    ...(rooms.length > 0 && { rooms: [...new Set(rooms.map(normalName))].sort() }),
    ...(tickets.length > 0 && { tickets: [...new Set(tickets)].sort() }),
    ...(from !== undefined && { from }),
  })
}
