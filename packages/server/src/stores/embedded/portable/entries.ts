import type { EntryRow } from '../../fields/streams.ts'
import type { Stored } from '../columns.ts'
import { problemOf, type Report, readable, refuseDamaged } from '../damage.ts'
import { mentionRows } from '../mentions.ts'
import { type Database, isCorruption } from '../sqlite.ts'
import { tables } from '../tables.ts'
import type { Table } from './table.ts'

interface Place {
  readonly stream: string
  readonly seq: number
}

type Named = Stored & Place

interface Batch {
  readonly stored: readonly Named[]
  readonly next: Place | undefined
}

/** The entries of all streams, which come by stream and seq. */
export function portableEntries(db: Database): Table<EntryRow> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.entries
  // CROSS: SQLite then goes from the streams to their entries, both in order, and sorts nothing.
  const from = 'FROM streams CROSS JOIN entries ON stream_n = n WHERE workspace_id = ?'
  const select = `SELECT stream, ${selected} ${from}`
  const ofStream = db.prepare<Named>(`${select} AND stream = ? AND seq > ? ORDER BY seq LIMIT ?`)
  const ofLater = db.prepare<Named>(`${select} AND stream > ? ORDER BY stream, seq LIMIT ?`)
  // The index alone has them: no page of the entries themselves is read.
  const places = db.prepare<Place>(
    `SELECT stream, seq ${from} AND (stream, seq) > (?, ?) ORDER BY stream, seq LIMIT ?`,
  )
  const byPlace = db.prepare<Named>(`${select} AND stream = ? AND seq = ?`)
  const newest = db.prepare<Named>(`${select} ORDER BY stream DESC, seq DESC LIMIT 1`)
  const counted = db.prepare<{ rows: number }>(`SELECT count(*) AS rows ${from}`)
  const numberOf = db.prepare<{ n: number }>('SELECT n FROM streams WHERE workspace_id = ? AND stream = ?')
  const insert = db.prepare(
    `INSERT INTO entries (stream_n, ${inserted}) VALUES (?, ${marks}) ON CONFLICT DO NOTHING`,
  )
  const update = db.prepare(
    `UPDATE OR IGNORE entries SET (${inserted}) = (${marks}) WHERE stream_n = ? AND seq = ?`,
  )
  const mention = mentionRows(db)
  const toEntry = (stored: Named): EntryRow => ({ ...toRow(stored), stream: stored.stream })
  const read = (stored: readonly Named[], workspace_id: string, report: Report): EntryRow[] => {
    const from = { workspace_id, collection: 'entries', report }
    return readable(stored, toEntry, from, ({ stream, seq }) => `${stream} ${seq}`)
  }
  const first = (stored: Named | undefined, workspaceId: string): EntryRow | null =>
    (stored && read([stored], workspaceId, refuseDamaged)[0]) ?? null

  /** Entries behind one, and the last of these, unless nothing follows it. */
  function batchAfter(workspaceId: string, last: Place, limit: number, report: Report): Batch {
    try {
      const rest = ofStream.all(workspaceId, last.stream, last.seq, limit)
      const stored = [...rest, ...ofLater.all(workspaceId, last.stream, limit - rest.length)]
      return { stored, next: stored.length < limit ? undefined : stored.at(-1) }
    } catch (error) {
      if (!isCorruption(error)) throw error
      // One by one: what is on the damaged page is left out.
      const found = places.all(workspaceId, last.stream, last.seq, limit)
      const stored = found.flatMap((place) => placedAt(workspaceId, place, report))
      return { stored, next: found.length < limit ? undefined : found.at(-1) }
    }
  }

  function placedAt(workspace_id: string, { stream, seq }: Place, report: Report): Named[] {
    try {
      const stored = byPlace.get(workspace_id, stream, seq)
      return stored ? [stored] : []
    } catch (error) {
      if (!isCorruption(error)) throw error
      report({ workspace_id, collection: 'entries', place: `${stream} ${seq}`, problem: problemOf(error) })
      return []
    }
  }

  return {
    *after(workspaceId, row, limit, report) {
      for (let last: Place = row ?? { stream: '', seq: 0 }; ; ) {
        const { stored, next } = batchAfter(workspaceId, last, limit, report)
        const rows = read(stored, workspaceId, report)
        if (rows.length > 0) yield rows
        if (!next) return
        last = next
      }
    },
    find: (workspaceId, { stream, seq }) => first(byPlace.get(workspaceId, stream, seq), workspaceId),
    last: (workspaceId) => first(newest.get(workspaceId), workspaceId),
    count: (workspaceId) => counted.get(workspaceId)?.rows ?? 0,
    insert(workspaceId, row) {
      const stream = numberOf.get(workspaceId, row.stream)
      if (!stream) return
      insert.run(stream.n, ...valuesOf(row))
      mention(stream.n, row)
    },
    replace(workspaceId, row) {
      const stream = numberOf.get(workspaceId, row.stream)
      return stream !== undefined && Number(update.run(...valuesOf(row), stream.n, row.seq).changes) > 0
    },
    change: () => refuse(),
    remove: () => refuse(),
  }
}

function refuse(): never {
  throw new Error('`streams.remove` changes entries, and nothing else')
}
