import type { Head } from '@dowellchat/protocol'
import { timeOf } from '../removal.ts'
import type { StreamStore } from '../store.ts'
import type { BadPages } from './bad-pages.ts'
import { MetBadPageError, type Report } from './damage.ts'
import type { EmbeddedLog, Logs } from './logs.ts'
import type { Sync } from './operations.ts'
import { embeddedStripping } from './removing.ts'
import type { SearchedLog } from './search/index.ts'
import { type Database, isCorruption } from './sqlite.ts'

/** How much one call looks at. It is little, since appends wait for the call to end. */
const streamsPerCall = 100
const entriesPerCall = 1_000
const entriesAtOnce = 50
/** How many messages it takes out of the search's index. */
const searchedPerCall = 100

type Dated = Head & { readonly id: string; readonly created_at: string | null }

interface Parts {
  readonly searched: Pick<SearchedLog, 'prunes'>
  readonly bads: BadPages
  readonly report: Report
}

/** Removes old entries from the beginning of each log, up to where a damaged page of the file is in the way. */
export function embeddedRetention(
  db: Database,
  logs: Logs,
  { searched, bads, report }: Parts,
): Sync<StreamStore>['prune'] {
  const streams = db.prepare<{ stream: string }>(
    'SELECT stream FROM streams WHERE workspace_id = ? AND stream > ? ORDER BY stream LIMIT ?',
  )
  const oldest = db.prepare<Dated>(
    `SELECT seq, nth, id, CASE WHEN json_valid(text) THEN json_extract(text, '$.created_at') END AS created_at
     FROM entries WHERE stream_n = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
  )
  const strip = embeddedStripping(db)
  const remove = db.prepare('DELETE FROM entries WHERE stream_n = ? AND seq <= ?')
  const savePruned = db.prepare(
    'UPDATE streams SET pruned_seq = ?, pruned_nth = ?, pruned_id = ? WHERE n = ?',
  )

  /** Up to where removing has met a damaged page, by log. Half of it is tried then, until one entry is left that cannot go. */
  const failed = new Map<number, number>()

  function removableIn(
    { n, key: { workspace_id, stream }, head, pruned }: EmbeddedLog,
    readable: number,
  ): number {
    const tried = failed.get(n)
    const half = tried === undefined ? readable : pruned.seq + Math.floor((tried - pruned.seq) / 2)
    const to = Math.min(readable, half)
    if (to === pruned.seq && to < head.seq) {
      const problem = `nothing from entry ${to + 1} on can be removed by its age: a page of the file is damaged`
      report({ workspace_id, collection: 'streams', place: stream, problem })
    }
    return to
  }

  /** The last of up to `most` old entries at the beginning of a log, and how many these are. */
  function oldIn(log: EmbeddedLog, before: string, most: number): { last: Dated | undefined; count: number } {
    const to = removableIn(log, bads.readableAfter(log, log.pruned.seq))
    let [last, count]: [Dated | undefined, number] = [undefined, 0]
    let from = log.pruned.seq
    // A few at a time: most logs have nothing old, and one entry tells.
    for (let more = from < to; more; more &&= count < most && from < to) {
      const limit = Math.min(count === 0 ? 1 : entriesAtOnce, most - count, to - from)
      const dated = bads.read(log, { from, to, most: limit }, () => oldest.all(log.n, from, to, limit))
      const kept = dated.findIndex((one) => dateOf(one) >= before)
      const old = kept < 0 ? dated : dated.slice(0, kept)
      last = old.at(-1) ?? last
      count += old.length
      from = last?.seq ?? from
      more = old.length === limit
    }
    return { last, count }
  }

  /** Removes up to `most` old entries from the beginning of a log; answers how many, undefined if there is more to do first. */
  function pruneLog(log: EmbeddedLog, before: string, most: number): number | undefined {
    const { last, count } = oldIn(log, before, most)
    if (!last) return 0
    const { seq, nth, id } = last
    try {
      if (!searched.prunes(log, seq, searchedPerCall)) return undefined
      strip(log.n, log.pruned.seq + 1, seq)
      remove.run(log.n, seq)
      savePruned.run(seq, nth, id, log.n)
    } catch (error) {
      if (!isCorruption(error)) throw error
      failed.set(log.n, seq)
      throw new MetBadPageError('A page of the file is damaged', { cause: error })
    }
    log.pruned = { seq, nth, id }
    return count
  }

  return (workspace_id, before, from) => {
    const names = streams.all(workspace_id, from ?? '', streamsPerCall).map(({ stream }) => stream)
    let removed = 0
    let done = from
    for (const stream of names) {
      const log = logs.findWhole({ workspace_id, stream })
      const pruned = log ? pruneLog(log, before, entriesPerCall - removed) : 0
      removed += pruned ?? 0
      // This log may have more old entries; the next call begins with it.
      const isHalf = log !== undefined && pruned !== 0 && failed.has(log.n)
      if (pruned === undefined || isHalf || removed === entriesPerCall) return { removed, next: done ?? '' }
      done = stream
    }
    return { removed, next: names.length < streamsPerCall ? null : done }
  }
}

/** When an entry was made; its id knows it too, where its text is damaged. */
function dateOf({ id, created_at }: Dated): string {
  return typeof created_at === 'string' ? created_at : new Date(timeOf(id)).toISOString()
}
