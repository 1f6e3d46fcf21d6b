import type { EntryRow } from '../../fields/streams.ts'
import type { Stored } from '../columns.ts'
import { mentionRows } from '../mentions.ts'
import type { Database } from '../sqlite.ts'
import { tables } from '../tables.ts'
import type { Table } from './table.ts'

type Named = Stored & { readonly stream: string }

/** The entries of all streams, which come by stream and seq. */
export function portableEntries(db: Database): Table<EntryRow> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.entries
  // CROSS: SQLite then goes from the streams to their entries, both in order, and sorts nothing.
  const from = 'FROM streams CROSS JOIN entries ON stream_n = n WHERE workspace_id = ?'
  const select = `SELECT stream, ${selected} ${from}`
  const ofStream = db.prepare<Named>(`${select} AND stream = ? AND seq > ? ORDER BY seq LIMIT ?`)
  const ofLater = db.prepare<Named>(`${select} AND stream > ? ORDER BY stream, seq LIMIT ?`)
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
  const first = (stored: Named | undefined): EntryRow | null => (stored ? toEntry(stored) : null)

  return {
    after(workspaceId, row, limit) {
      const rest = row ? ofStream.all(workspaceId, row.stream, row.seq, limit) : []
      const later = ofLater.all(workspaceId, row?.stream ?? '', limit - rest.length)
      return [...rest, ...later].map(toEntry)
    },
    find: (workspaceId, { stream, seq }) => first(byPlace.get(workspaceId, stream, seq)),
    last: (workspaceId) => first(newest.get(workspaceId)),
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
