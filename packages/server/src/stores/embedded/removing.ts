import { isoNow } from '../../time.ts'
import { newId } from '../ids.ts'
import { deletionOf, type RemovableRow, removedRow } from '../removal.ts'
import type { Removed, StreamStore } from '../store.ts'
import type { EmbeddedLog, Logs } from './logs.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'

/** Removes messages in the transaction that appends the deletion. */
export function embeddedRemoving(db: Database, logs: Logs): Sync<StreamStore>['remove'] {
  const message = db.prepare<Omit<RemovableRow, 'stream'>>(
    `SELECT id AS _id, seq, nth, author, cid, fingerprint, text FROM entries
     WHERE stream_n = ? AND seq = ? AND type IS NULL`,
  )
  const change = db.prepare(
    'UPDATE entries SET author = ?, cid = ?, fingerprint = ?, sid = ?, text = ?, mentioned = NULL WHERE stream_n = ? AND seq = ?',
  )
  const insert = db.prepare(
    `INSERT INTO entries (stream_n, seq, nth, id, type, author, cid, fingerprint, text)
     VALUES (?, ?, ?, ?, 'deletion', '', ?, '', ?)`,
  )

  function appendDeletion(log: EmbeddedLog, content: Parameters<typeof deletionOf>[2]): void {
    const { nth } = log.head
    const placed = { _id: newId(), seq: log.head.seq + 1, nth, created_at: isoNow() }
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
      if (!left) continue
      change.run(left.author, left.cid, left.fingerprint, left.sid, left.text, log.n, seq)
      removed.push(seq)
    }
    if (removed.length > 0) appendDeletion(log, { targets: removed, reason })
    return { removed, head: log.head.seq }
  }
}
