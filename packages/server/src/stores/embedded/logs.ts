import type { Head } from '@dowellchat/protocol'
import { countedCache } from '../../counted-cache.ts'
import { newStreamRow, prunedOf } from '../fields/streams.ts'
import type { Log } from '../log.ts'
import { type StreamKey, streamId } from '../store.ts'
import type { Stored } from './columns.ts'
import { DamagedRowError, MetBadPageError, problemOf, type Report } from './damage.ts'
import { type Database, isCorruption } from './sqlite.ts'
import { tables } from './tables.ts'

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
  /** The same where many are looked at: one that is damaged is reported and left out. @throws MetBadPageError once */
  findWhole(key: StreamKey): EmbeddedLog | undefined
  /** Finds the log, or creates it. */
  open(key: StreamKey): EmbeddedLog
  /** Drops all logs from memory: after a rollback they may be ahead of the file. */
  forget(): void
}

const keptLogs = 10_000

/** The logs of a database. */
export function embeddedLogs(db: Database, report: Report): Logs {
  const kept = countedCache<string, EmbeddedLog>(keptLogs)
  /** Streams of which a page is damaged that is always read. */
  const unreadable = new Set<string>()
  const { selected, inserted, marks, toRow, valuesOf } = tables.streams
  const byStream = db.prepare<Stored & { readonly n: number }>(
    `SELECT n, ${selected} FROM streams WHERE workspace_id = ? AND stream = ?`,
  )
  const insert = db.prepare(`INSERT INTO streams (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const newest = db.prepare<Head>(
    'SELECT seq, nth, id FROM entries WHERE stream_n = ? ORDER BY seq DESC LIMIT 1',
  )

  function find(key: StreamKey): EmbeddedLog | undefined {
    const { workspace_id, stream } = key
    const name = streamId(key)
    const known = kept.get(name)
    if (known) return known
    const stored = byStream.get(workspace_id, stream)
    if (!stored) return undefined
    const { n } = stored
    const row = toRow(stored)
    const pruned = prunedOf(row)
    const head = newest.get(n) ?? pruned
    const log: EmbeddedLog = { n, key: { workspace_id, stream }, epoch: row.epoch, head, pruned }
    kept.set(name, log)
    return log
  }

  function findWhole(key: StreamKey): EmbeddedLog | undefined {
    const name = streamId(key)
    if (unreadable.has(name)) return undefined
    try {
      return find(key)
    } catch (error) {
      const isPage = isCorruption(error)
      if (!(isPage || error instanceof DamagedRowError)) throw error
      const { workspace_id, stream } = key
      report({ workspace_id, collection: 'streams', place: stream, problem: problemOf(error) })
      if (!isPage) return undefined
      unreadable.add(name)
      throw new MetBadPageError('A page of the file is damaged', { cause: error })
    }
  }

  function open(key: StreamKey): EmbeddedLog {
    const known = find(key)
    if (known) return known
    insert.run(key.workspace_id, ...valuesOf(newStreamRow(key.stream)))
    return open(key)
  }

  return { find, findWhole, open, forget: () => kept.clear() }
}
