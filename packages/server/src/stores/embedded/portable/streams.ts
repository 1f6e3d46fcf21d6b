import type { PortableRows } from '../../portable.ts'
import type { Database } from '../sqlite.ts'
import type { Table } from './table.ts'

type StreamRow = PortableRows['streams']
type EntryRow = PortableRows['entries']

interface Stored {
  readonly stream: string
  readonly epoch: string
  readonly pruned_seq: number
  readonly pruned_nth: number
  readonly pruned_id: string | null
}

export function portableStreams(db: Database): Table<StreamRow> {
  const select = 'SELECT stream, epoch, pruned_seq, pruned_nth, pruned_id FROM streams WHERE workspace_id = ?'
  const next = db.prepare<Stored>(`${select} AND stream > ? ORDER BY stream LIMIT ?`)
  const byName = db.prepare<Stored>(`${select} AND stream = ?`)
  const newest = db.prepare<Stored>(`${select} ORDER BY stream DESC LIMIT 1`)
  const counted = db.prepare<{ rows: number }>('SELECT count(*) AS rows FROM streams WHERE workspace_id = ?')
  const insert = db.prepare(
    `INSERT INTO streams (workspace_id, stream, epoch, pruned_seq, pruned_nth, pruned_id)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const first = (stored: Stored | undefined): StreamRow | null => (stored ? toStream(stored) : null)

  return {
    after: (workspaceId, row, limit) => next.all(workspaceId, row?.stream ?? '', limit).map(toStream),
    find: (workspaceId, { stream }) => first(byName.get(workspaceId, stream)),
    last: (workspaceId) => first(newest.get(workspaceId)),
    count: (workspaceId) => counted.get(workspaceId)?.rows ?? 0,
    insert(workspaceId, { stream, epoch, pruned: { seq, nth, id } }) {
      insert.run(workspaceId, stream, epoch, seq, nth, id)
    },
  }
}

function toStream({ stream, epoch, pruned_seq, pruned_nth, pruned_id }: Stored): StreamRow {
  return { stream, epoch, pruned: { seq: pruned_seq, nth: pruned_nth, id: pruned_id } }
}

export function portableEntries(db: Database): Table<EntryRow> {
  const columns = 'stream, seq, nth, entries.id AS _id, author, cid, fingerprint, sid, text'
  // CROSS: SQLite then goes from the streams to their entries, both in order, and sorts nothing.
  const from = 'FROM streams CROSS JOIN entries ON stream_n = n WHERE workspace_id = ?'
  const select = `SELECT ${columns} ${from}`
  const ofStream = db.prepare<EntryRow>(`${select} AND stream = ? AND seq > ? ORDER BY seq LIMIT ?`)
  const ofLater = db.prepare<EntryRow>(`${select} AND stream > ? ORDER BY stream, seq LIMIT ?`)
  const byPlace = db.prepare<EntryRow>(`${select} AND stream = ? AND seq = ?`)
  const newest = db.prepare<EntryRow>(`${select} ORDER BY stream DESC, seq DESC LIMIT 1`)
  const counted = db.prepare<{ rows: number }>(`SELECT count(*) AS rows ${from}`)
  const insert = db.prepare(
    `INSERT INTO entries (stream_n, seq, nth, id, author, cid, fingerprint, sid, text)
     SELECT n, ?, ?, ?, ?, ?, ?, ?, ? FROM streams WHERE workspace_id = ? AND stream = ?
     ON CONFLICT DO NOTHING`,
  )

  function after(workspaceId: string, row: EntryRow | null, limit: number): EntryRow[] {
    const rest = row ? ofStream.all(workspaceId, row.stream, row.seq, limit) : []
    const later = ofLater.all(workspaceId, row?.stream ?? '', limit - rest.length)
    return [...rest, ...later].map((entry) => ({ ...entry }))
  }

  return {
    after,
    find: (workspaceId, { stream, seq }) => byPlace.get(workspaceId, stream, seq) ?? null,
    last: (workspaceId) => newest.get(workspaceId) ?? null,
    count: (workspaceId) => counted.get(workspaceId)?.rows ?? 0,
    insert(workspaceId, { stream, seq, nth, _id, author, cid, fingerprint, sid, text }) {
      insert.run(seq, nth, _id, author, cid, fingerprint, sid, text, workspaceId, stream)
    },
  }
}
