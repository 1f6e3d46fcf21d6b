import type { Head } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import { type StreamKey, streamId } from '../store.ts'
import type { Database } from './sqlite.ts'

/** A log as it is now: an append moves its head, retention moves `pruned`. */
export interface EmbeddedLog extends Log {
  /** The stream's number in the database. */
  readonly n: number
  head: Head
  pruned: Head
}

/** Finds logs; the ones in use stay in memory. */
export interface Logs {
  find(key: StreamKey): EmbeddedLog | undefined
  /** Finds the log, or creates it. */
  open(key: StreamKey): EmbeddedLog
  /** Drops all logs from memory: after a rollback they may be ahead of the file. */
  forget(): void
}

interface StreamRow {
  readonly n: number
  readonly epoch: string
  readonly pruned_seq: number
  readonly pruned_nth: number
  readonly pruned_id: string | null
}

const keptLogs = 10_000

/** The logs of a database. */
export function embeddedLogs(db: Database): Logs {
  const kept = new LRUCache<string, EmbeddedLog>({ max: keptLogs })
  const byStream = db.prepare<StreamRow>(
    `SELECT n, epoch, pruned_seq, pruned_nth, pruned_id FROM streams
     WHERE workspace_id = ? AND stream = ?`,
  )
  const insert = db.prepare('INSERT INTO streams (workspace_id, stream, epoch) VALUES (?, ?, ?)')
  const newest = db.prepare<Head>(
    'SELECT seq, nth, id FROM entries WHERE stream_n = ? ORDER BY seq DESC LIMIT 1',
  )

  function find(key: StreamKey): EmbeddedLog | undefined {
    const { workspace_id, stream } = key
    const name = streamId(key)
    const known = kept.get(name)
    if (known) return known
    const row = byStream.get(workspace_id, stream)
    if (!row) return undefined
    const { n, epoch, pruned_seq, pruned_nth, pruned_id } = row
    const pruned: Head = { seq: pruned_seq, nth: pruned_nth, id: pruned_id }
    const head = newest.get(n) ?? pruned
    const log: EmbeddedLog = { n, key: { workspace_id, stream }, epoch, head, pruned }
    kept.set(name, log)
    return log
  }

  function open(key: StreamKey): EmbeddedLog {
    const known = find(key)
    if (known) return known
    insert.run(key.workspace_id, key.stream, newId())
    return open(key)
  }

  return { find, open, forget: () => kept.clear() }
}
