import type { Candidates, SearchQuery, StreamKey } from '../../store.ts'
import { inLanes } from '../lanes.ts'
import type { Logs } from '../logs.ts'
import { below, oneOf } from '../where.ts'
import { placeNames, termIn } from './places.ts'
import type { SearchedDocument, SearchRows } from './rows.ts'

/** In how many places one query looks: MongoDB then reads each from its newest message on. */
const placesAtOnce = 100
/** How many messages with the first term a call looks at, in search of one that has the others. */
const lookedAt = 300

type Row = Pick<SearchedDocument, '_id' | 'author' | 'terms'>

/** What some places have, and from where on they may have more; null where they have no more. */
interface Part {
  readonly rows: readonly Row[]
  readonly before: string | null
}

/** Looks in the index from the newest message on. */
export function mongoFinding(
  { searched }: SearchRows,
  { entries }: Pick<Logs, 'entries'>,
): (workspaceId: string, query: SearchQuery) => Promise<Candidates> {
  async function findIn(
    workspace_id: string,
    places: readonly string[],
    { terms: [first = '', ...others], authors, before, limit }: SearchQuery,
  ): Promise<Part> {
    const isSimple = others.length === 0 && authors === undefined
    const most = isSimple ? limit : Math.max(limit, lookedAt)
    const where = {
      workspace_id,
      terms: oneOf(places.map((place) => termIn(place, first))),
      ...(before !== undefined && { at: below(before) }),
    }
    const found: Row[] = await searched.find(where, {
      fields: ['_id', 'author', 'terms'],
      sort: { at: -1 },
      limit: most,
    })
    const hasAll = ({ author, terms }: Row): boolean => {
      const own = new Set(terms)
      const isIn = (place: string) => others.every((term) => own.has(termIn(place, term)))
      return (authors === undefined || authors.includes(author)) && (others.length === 0 || places.some(isIn))
    }
    return { rows: found.filter(hasAll), before: found.length < most ? null : (found.at(-1)?._id ?? null) }
  }

  async function textsOf(workspace_id: string, ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map()
    const rows = await entries.find({ workspace_id, _id: oneOf(ids) }, { fields: ['_id', 'text'] })
    return new Map(rows.map(({ _id, text }) => [_id, text]))
  }

  return async (workspaceId, query) => {
    const places = placesOf(workspaceId, query)
    const chunks: string[][] = []
    for (let at = 0; at < places.length; at += placesAtOnce) chunks.push(places.slice(at, at + placesAtOnce))
    const parts = await inLanes(chunks, (chunk) => findIn(workspaceId, chunk, query))
    const { rows, before } = newestOf(parts, query.limit)
    const texts = await textsOf(
      workspaceId,
      rows.map(({ _id }) => _id),
    )
    const candidates = rows.flatMap(({ _id }) => {
      const text = texts.get(_id)
      return text === undefined ? [] : [{ text, at: _id }]
    })
    return { candidates, before }
  }
}

function placesOf(workspace_id: string, { places: { streams, tickets } }: SearchQuery): string[] {
  const keys = streams.map((stream): StreamKey => ({ workspace_id, stream }))
  const others =
    tickets === 'all'
      ? [placeNames.tickets]
      : tickets.customers.map((id) => placeNames.customer(workspace_id, id))
  return [...new Set([...keys.map(placeNames.stream), ...others])]
}

/** The newest of all parts, as far as each part has been looked at. */
function newestOf(parts: readonly Part[], limit: number): Part {
  const looked = parts
    .flatMap(({ before }) => before ?? [])
    .sort()
    .at(-1)
  const byId = new Map(parts.flatMap(({ rows }) => rows.map((row) => [row._id, row] as const)))
  const all = [...byId.values()].filter(({ _id }) => looked === undefined || _id >= looked)
  const rows = all.sort((a, b) => (a._id < b._id ? 1 : -1)).slice(0, limit)
  if (all.length > limit) return { rows, before: rows.at(-1)?._id ?? null }
  return { rows, before: looked ?? null }
}
