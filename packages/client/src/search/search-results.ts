import { limits } from '@dowellchat/protocol/core'
import type { Entry, Page, SearchHit } from '../entities.ts'
import { ignorable } from '../live/ignorable.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import type { Loaded } from '../live/pages.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { createCursors } from './cursors.ts'
import type { SearchQuery, SearchResults, SearchState } from './search-state.ts'

/** An answer may have no hits where the server has more to look at: so often it is asked on. */
const mostAnswers = 5

/** What a query finds, page by page. */
export function createSearchResults(wire: Wire, query: SearchQuery): SearchResults {
  const { request, on, answered } = wire
  let indexedUntil: string | null = null
  const cursors = createCursors()
  /** Calls of `loadMore` that are under way. */
  let calls = 0

  async function page(after: SearchHit | undefined, limit: number): Promise<Loaded<SearchHit>> {
    const id = after?.message._id
    // Nothing was found yet: it is searched on, or anew.
    let before = id === undefined && calls === 0 ? undefined : (cursors.get(id) ?? id)
    for (let answers = 1; ; answers++) {
      const found = await request.search({ ...plain(query), ...(before !== undefined && { before }), limit })
      indexedUntil = found.indexed_until
      const last = found.hits.at(-1)?.message._id ?? id
      before = found.before ?? before
      if (before !== undefined) cursors.set(last, before)
      const isOver = found.hits.length > 0 || !found.more || answers === mostAnswers
      if (isOver) return { items: found.hits, hasMore: found.more }
    }
  }

  const list = createLoadedList<SearchHit>(
    {
      idOf: ({ message }) => message._id,
      compare: (a, b) => (a.message._id < b.message._id ? 1 : a.message._id > b.message._id ? -1 : 0),
      mostAtOnce: limits.list_rows,
      page,
      watch({ remove }) {
        const look = ({ stream, entries }: Pick<Page, 'stream' | 'entries'>): void => {
          const { items } = list.getSnapshot()
          for (const hit of removedIn(items, stream, entries).reverse()) {
            cursors.replace(hit.message._id, items[items.indexOf(hit) - 1]?.message._id)
            remove(hit.message._id)
          }
        }
        return together(on.entries(look), answered.page(look))
      },
    },
    wire,
  )

  let shown: SearchState | undefined
  let from: unknown
  return {
    subscribe: list.subscribe,
    getSnapshot() {
      const now = list.getSnapshot()
      if (!shown || from !== now) shown = { ...now, indexedUntil }
      from = now
      return shown
    },
    getServerSnapshot: () => ({ ...list.getServerSnapshot(), indexedUntil: null }),
    retain: list.retain,
    loadMore() {
      calls += 1
      return ignorable(
        list.loadMore().finally(() => {
          calls -= 1
        }),
      )
    },
    reload: list.reload,
  }
}

function plain({ text, rooms, tickets, from }: SearchQuery) {
  return {
    text,
    ...(rooms && { rooms: [...rooms] }),
    ...(tickets && { tickets: [...tickets] }),
    ...(from !== undefined && { from }),
  }
}

/** Those of the hits that a stream's entries remove. */
function removedIn(hits: readonly SearchHit[], stream: string, entries: readonly object[]) {
  const targets = entries.flatMap((entry) => ('targets' in entry ? (entry as Deletion).targets : []))
  return hits.filter(({ message }) => message.stream === stream && targets.includes(message.seq))
}

type Deletion = Extract<Entry, { targets: unknown }>
