import type { Head } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import { timeOf } from '../removal.ts'
import type { StreamStore } from '../store.ts'
import type { BadPages } from './bad-pages.ts'
import { MetBadPageError } from './damage.ts'
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

/** Removes old entries from the beginning of each log. */
export function embeddedRetention(
  db: Database,
  logs: Logs,
  { searched, bads }: { readonly searched: Pick<SearchedLog, 'prunes'>; readonly bads: BadPages },
): Sync<StreamStore>['prune'] {
  const streams = db.prepare<{ stream: string }>(
    'SELECT stream FROM streams WHERE workspace_id = ? AND stream > ? ORDER BY stream LIMIT ?',
  )
  const oldest = db.prepare<Dated>(
    `SELECT seq, nth, id, CASE WHEN json_valid(text) THEN json_extract(text, '$.created_at') END AS created_at
     FROM entries WHERE stream_n = ? AND seq > ? ORDER BY seq LIMIT ?`,
  )
  const strip = embeddedStripping(db)
  const remove = db.prepare('DELETE FROM entries WHERE stream_n = ? AND seq <= ?')
  const savePruned = db.prepare(
    'UPDATE streams SET pruned_seq = ?, pruned_nth = ?, pruned_id = ? WHERE n = ?',
  )

  /** Up to where entries can be removed from logs in which a damaged page is in the way: SQLite joins pages that get empty. */
  const removable = new Map<number, number>()

  /**
   * The last old one of up to `most` entries at the beginning of a log, and how many it ends. One that is dated later than now was
   * made while the clock was ahead, and says nothing.
   */
  function oldIn(log: EmbeddedLog, before: string, most: number): { last: Dated | undefined; count: number } {
    const now = isoNow()
    let [last, count]: [Dated | undefined, number] = [undefined, 0]
    let [from, looked] = [log.pruned.seq, 0]
    // A few at a time: most logs have nothing old, and one entry tells.
    for (let more = true; more && looked < most; ) {
      const readable = Math.min(bads.after(log, from) - 1, removable.get(log.n) ?? Number.POSITIVE_INFINITY)
      const limit = Math.min(looked === 0 ? 1 : entriesAtOnce, most - looked, readable - from)
      const dated = bads.read(log, { from, most: limit }, () => oldest.all(log.n, from, limit))
      const kept = dated.findIndex((one) => dateOf(one) >= before && dateOf(one) <= now)
      const seen = kept < 0 ? dated : dated.slice(0, kept)
      const old = seen.findLastIndex((one) => dateOf(one) < before)
      if (old >= 0) [last, count] = [seen[old], looked + old + 1]
      looked += seen.length
      from = seen.at(-1)?.seq ?? from
      more = limit > 0 && seen.length === limit
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
      removable.set(log.n, log.pruned.seq + Math.floor((seq - log.pruned.seq) / 2))
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
      if (pruned === undefined || removed === entriesPerCall) return { removed, next: done ?? '' }
      done = stream
    }
    return { removed, next: names.length < streamsPerCall ? null : done }
  }
}

/** When an entry was made; its id knows it too, where its text is damaged. */
function dateOf({ id, created_at }: Dated): string {
  return typeof created_at === 'string' ? created_at : new Date(timeOf(id)).toISOString()
}
