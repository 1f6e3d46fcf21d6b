import type { Head } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import { newId } from '../ids.ts'
import { type StreamKey, streamId } from '../store.ts'
import type { Database } from './sqlite.ts'

/** A stream's log as it is now; an append moves its head. */
export interface Log {
  readonly n: number
  readonly stream: string
  readonly epoch: string
  head: Head
  /** The place of the last entry that was removed; seq 0 where none was. */
  pruned: Head
}

/** The oldest seq that a log still has; the next one's while it has none. */
export function firstSeq({ pruned }: Log): number {
  return pruned.seq + 1
}

/** The logs by their streams, the ones in use kept in memory. */
export interface Logs {
  find(key: StreamKey): Log | undefined
  /** Makes the log if it is new. */
  open(key: StreamKey): Log
  /** Drops what is kept: after a rollback it may be ahead of the file. */
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

/** The logs of a database; `keptLogs` of them stay in memory. */
export function embeddedLogs(db: Database): Logs {
  const kept = new LRUCache<string, Log>({ max: keptLogs })
  const byStream = db.prepare<StreamRow>(
    `SELECT n, epoch, pruned_seq, pruned_nth, pruned_id FROM streams
     WHERE workspace_id = ? AND stream = ?`,
  )
  const insert = db.prepare('INSERT INTO streams (workspace_id, stream, epoch) VALUES (?, ?, ?)')
  const newest = db.prepare<Head>(
    'SELECT seq, nth, id FROM entries WHERE stream_n = ? ORDER BY seq DESC LIMIT 1',
  )

  function find(key: StreamKey): Log | undefined {
    const { workspace_id, stream } = key
    const name = streamId(key)
    const known = kept.get(name)
    if (known) return known
    const row = byStream.get(workspace_id, stream)
    if (!row) return undefined
    const { n, epoch, pruned_seq, pruned_nth, pruned_id } = row
    const pruned: Head = { seq: pruned_seq, nth: pruned_nth, id: pruned_id }
    const log: Log = { n, epoch, stream, pruned, head: newest.get(n) ?? pruned }
    kept.set(name, log)
    return log
  }

  function open(key: StreamKey): Log {
    const known = find(key)
    if (known) return known
    insert.run(key.workspace_id, key.stream, newId())
    return open(key)
  }

  return { find, open, forget: () => kept.clear() }
}
