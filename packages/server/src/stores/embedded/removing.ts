import { isoNow } from '../../time.ts'
import type { EntryRow } from '../fields/streams.ts'
import { newPlace } from '../message.ts'
import { deletionOf, type RemovableRow, removedRow, uploadsOf } from '../removal.ts'
import type { Removed, StreamStore } from '../store.ts'
import { strippedRow } from '../traces.ts'
import type { EmbeddedLog, Logs } from './logs.ts'
import type { Sync } from './operations.ts'
import type { SearchedLog } from './search/index.ts'
import type { Database } from './sqlite.ts'
import { embeddedDropping } from './uploads.ts'

/** Removes messages in the transaction that appends the deletion. */
export function embeddedRemoving(
  db: Database,
  logs: Logs,
  searched: Pick<SearchedLog, 'removed'>,
): Sync<StreamStore>['remove'] {
  const message = db.prepare<Omit<RemovableRow, 'stream'>>(
    `SELECT id AS _id, seq, nth, author, cid, fingerprint, text FROM entries
     WHERE stream_n = ? AND seq = ? AND type IS NULL`,
  )
  const change = db.prepare(
    `UPDATE entries SET author = ?, cid = ?, fingerprint = ?, sid = ?, text = ?, original = NULL, pinned_seq = NULL, mentioned = NULL
     WHERE stream_n = ? AND seq = ?`,
  )
  const insert = db.prepare(
    `INSERT INTO entries (stream_n, seq, nth, id, type, author, cid, fingerprint, text)
     VALUES (?, ?, ?, ?, 'deletion', '', ?, '', ?)`,
  )
  const strip = embeddedStripping(db)
  const dropUploads = embeddedDropping(db)

  function appendDeletion(log: EmbeddedLog, content: Parameters<typeof deletionOf>[2]): void {
    const { nth } = log.head
    const placed = newPlace(log.head.seq + 1, nth)
    const text = JSON.stringify(deletionOf(log.key.stream, placed, content))
    insert.run(log.n, placed.seq, nth, placed._id, placed._id, text)
    log.head = { seq: placed.seq, nth, id: placed._id }
  }

  return (key, { targets, reason }): Removed => {
    const log = logs.find(key)
    if (!log) return { removed: [], head: 0 }
    const removed: number[] = []
    for (const seq of new Set(targets)) {
      const row = message.get(log.n, seq)
      const left = row && removedRow({ ...row, stream: key.stream }, reason)
      if (!row || !left) continue
      searched.removed(log, row)
      dropUploads(key.workspace_id, uploadsOf(row), isoNow())
      change.run(left.author, left.cid, left.fingerprint, left.sid, left.text, log.n, seq)
      strip(log.n, seq, seq)
      removed.push(seq)
    }
    if (removed.length > 0) appendDeletion(log, { targets: removed, reason })
    return { removed, head: log.head.seq }
  }
}

/** Takes out of other entries what they have of messages that are gone: those from one seq to another. */
export type Strip = (n: number, from: number, to: number) => void

const strippedAtOnce = 200

export function embeddedStripping(db: Database): Strip {
  const some = db.prepare<Pick<EntryRow, 'seq' | 'type' | 'aspect' | 'text'>>(
    `SELECT seq, type, aspect, text FROM entries WHERE stream_n = ? AND about BETWEEN ? AND ? LIMIT ${strippedAtOnce}`,
  )
  const change = db.prepare(
    'UPDATE entries SET text = ?, about = ?, aspect = ? WHERE stream_n = ? AND seq = ?',
  )

  return (n, from, to) => {
    for (let rows = some.all(n, from, to); rows.length > 0; rows = some.all(n, from, to)) {
      for (const row of rows) {
        const { text, about, aspect } = strippedRow(row)
        change.run(text, about, aspect, n, row.seq)
      }
    }
  }
}
