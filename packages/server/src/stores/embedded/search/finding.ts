import { numberOf } from '../../names-as-numbers.ts'
import type { Candidate, Candidates, SearchQuery } from '../../store.ts'
import type { Logs } from '../logs.ts'
import type { Database } from '../sqlite.ts'
import { termOf, type Words } from './words.ts'

/**
 * Up to how many streams the index is asked for itself; of more, each message that has the words is looked at. Of one word that many
 * messages have, the index is asked for as many streams as `mostStreamsAsTerms`.
 */
const streamsAsTerms = 4
const mostStreamsAsTerms = 60
const manyMessages = 1_000
/** How many messages with the words one call looks at then. */
const lookedAt = 5_000
/** Among about how many messages a call looks for the words: appends wait for it. */
const messagesOfWindow = 250_000
/** So long a call goes on looking in further windows, since where words are rare a window costs less than another call. */
const goingOnMs = 4

interface Row {
  readonly n: number
  readonly text: string
}

/** Looks in the index from the newest message on. */
export function embeddedFinding(
  db: Database,
  logs: Logs,
  words: Words,
): (workspaceId: string, query: SearchQuery) => Candidates {
  const having = 'search_terms AS t CROSS JOIN searched AS s ON s.n = t.rowid'
  const logged = 'CROSS JOIN entries AS e ON e.stream_n = s.stream_n AND e.seq = s.seq'
  const range = 't.search_terms MATCH ? AND t.rowid BETWEEN ? AND ?'
  const found = db.prepare<Row>(
    `SELECT s.n, e.text FROM ${having} ${logged} WHERE ${range} ORDER BY t.rowid DESC LIMIT ?`,
  )
  const foundIn = db.prepare<Row>(
    `SELECT s.n, e.text FROM ${having} ${logged} WHERE ${range}
     AND (s.place_n IN (SELECT value FROM json_each(?)) OR s.customer IN (SELECT value FROM json_each(?))
       OR (s.customer IS NOT NULL AND s.tenant = ?))
     ORDER BY t.rowid DESC LIMIT ?`,
  )
  const nth = db.prepare<{ n: number }>(
    `SELECT rowid AS n FROM search_terms AS t WHERE ${range} ORDER BY t.rowid DESC LIMIT 1 OFFSET ?`,
  )
  const ends = db.prepare<{ first: number | null; last: number | null }>(
    'SELECT (SELECT min(n) FROM searched) AS first, (SELECT max(n) FROM searched) AS last',
  )

  /** From where on a call looks, if it looks for what is before a place. */
  function windowBefore(before: string | undefined): { low: number; high: number; isLast: boolean } {
    const { first, last } = ends.get() ?? {}
    if (first == null || last == null) return { low: 0, high: 0, isLast: true }
    const high = Math.min(placeIn(before), last + 1) - 1
    const span = Math.ceil(((last - first + 1) * messagesOfWindow) / words.count())
    const low = Math.max(high - span + 1, 0)
    return { low, high, isLast: low <= first }
  }

  function streamNumbers(workspace_id: string, streams: readonly string[]): number[] {
    return streams.flatMap((stream) => logs.findWhole({ workspace_id, stream })?.n ?? [])
  }

  /** What one window has. */
  function look(
    workspaceId: string,
    { places: { streams, tickets }, terms, authors, before, limit }: SearchQuery,
  ): Candidates {
    const { low, high, isLast } = windowBefore(before)
    const numbers = streamNumbers(workspaceId, streams)
    const tenant = tickets === 'all' ? numberOf(workspaceId) : null
    const customers = tickets === 'all' ? [] : tickets.customers.map((id) => numberOf(workspaceId, id))
    const wanted = terms.map(quoted)
    if (authors) wanted.push(anyOf(authors.map((author) => termOf.author(workspaceId, author))))
    const match = wanted.join(' AND ')
    const mayBeCommon =
      wanted.length === 1 && numbers.length > streamsAsTerms && numbers.length <= mostStreamsAsTerms
    const isCommon = mayBeCommon && nth.get(match, low, high, manyMessages) !== undefined
    if (numbers.length <= streamsAsTerms || isCommon) {
      const own = [...numbers.map(termOf.place), ...customers.map(termOf.customer)]
      const all = tenant === null ? own : [...own, termOf.tickets(tenant)]
      if (all.length === 0) return { candidates: [], before: null }
      const rows = found.all([...wanted, anyOf(all)].join(' AND '), low, high, limit)
      return candidatesOf(rows, limit, isLast ? null : low)
    }
    // One that is not common has no more messages than are looked at.
    const from = mayBeCommon ? undefined : nth.get(match, low, high, lookedAt)?.n
    const rows = foundIn.all(
      ...[match, from ?? low, high, JSON.stringify(numbers), JSON.stringify(customers), tenant, limit],
    )
    return candidatesOf(rows, limit, from ?? (isLast ? null : low))
  }

  return (workspaceId, query) => {
    if (!words.isCurrent()) return { candidates: [], before: null }
    const until = performance.now() + goingOnMs
    const candidates: Candidate[] = []
    let before = query.before ?? null
    do {
      const rest = { ...query, limit: query.limit - candidates.length, ...(before !== null && { before }) }
      const page = look(workspaceId, rest)
      candidates.push(...page.candidates)
      before = page.before
    } while (before !== null && candidates.length < query.limit && performance.now() < until)
    return { candidates, before }
  }
}

/** @param rest from where on to look if these are not enough; null where there is nothing more */
function candidatesOf(rows: readonly Row[], limit: number, rest: number | null): Candidates {
  const candidates = rows.map(({ n, text }) => ({ text, at: String(n) }))
  const last = rows.length < limit ? rest : rows.at(-1)?.n
  return { candidates, before: last == null ? null : String(last) }
}

/** Nothing where a client has made it up. */
function placeIn(before: string | undefined): number {
  if (before === undefined) return Number.MAX_SAFE_INTEGER
  const place = Number(before)
  return Number.isSafeInteger(place) && place >= 0 ? place : 0
}

/** A term has no quotation marks. */
function quoted(term: string): string {
  return `"${term}"`
}

function anyOf(terms: readonly string[]): string {
  return `(${terms.map(quoted).join(' OR ')})`
}
