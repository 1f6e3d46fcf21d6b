import { setTimeout as pause } from 'node:timers/promises'
import { dateNow } from '../../time.ts'
import type { StreamStore } from '../store.ts'
import type { Database } from './database.ts'
import { type EntryDocument, type Logs, type StreamDocument, trustMs } from './logs.ts'
import { stripAll } from './removing.ts'
import type { Rows } from './rows.ts'
import type { SearchedDocument } from './search/rows.ts'
import { above, below, between, upTo } from './where.ts'

/** One call ends after this many streams, this many entries, or this share of its deadline. */
const streamsPerCall = 100
const entriesPerCall = 1_000
const lookingShare = 0.25

type Stream = Pick<StreamDocument, '_id' | 'workspace_id' | 'stream' | 'pruned_seq'>

/** The entries that a stream loses: all up to `seq`, the newest of them from `created_at`. */
interface Old {
  readonly stream: Stream
  readonly seq: number
  readonly created_at: string
  readonly count: number
}

/**
 * Removes old entries from the beginning of each log. It first saves the new beginning to the stream's row, from where on
 * nobody reads the old entries. If a removal is interrupted after that, the next one completes it.
 */
export function mongoRetention(
  database: Database,
  { streams, entries, forget }: Logs,
  searched: Rows<SearchedDocument>,
): StreamStore['prune'] {
  const { deadlines } = database

  /** Moves the log's beginning behind the old ones of its first `most` entries. */
  async function savePruned(stream: Stream, before: string, most: number): Promise<Old | undefined> {
    const { _id, workspace_id, pruned_seq } = stream
    const key = { workspace_id, stream: stream.stream }
    const read = (last: number) =>
      entries.find(
        { ...key, seq: upTo(last) },
        { fields: ['_id', 'seq', 'nth', 'created_at'], sort: { seq: 1 } },
      )
    const isKept = ({ seq, created_at }: Pick<EntryDocument, 'seq' | 'created_at'>) =>
      seq > pruned_seq && created_at >= before
    // Most logs have nothing old, and one entry tells.
    const [first] = await read(pruned_seq + 1)
    if (!first || isKept(first)) return undefined
    const rows = await read(pruned_seq + most)
    const kept = rows.findIndex(isKept)
    const old = kept < 0 ? rows : rows.slice(0, kept)
    const last = old.at(-1)
    if (!last) return undefined
    const { seq, created_at } = last
    const place = { pruned_seq: seq, pruned_nth: last.nth, pruned_id: last._id }
    await streams.change({ ...key, _id, pruned_seq: below(seq) }, { $set: place })
    forget(stream)
    return { stream, seq, created_at, count: old.filter((entry) => entry.seq > pruned_seq).length }
  }

  async function remove({ stream: { workspace_id, stream }, seq }: Old): Promise<void> {
    // First what others have of them: as long as they are there, an interrupted removal is taken up again.
    await stripAll(entries, { workspace_id, stream }, between(0, seq + 1))
    await searched.remove({ workspace_id, stream, seq: upTo(seq) })
    await entries.remove({ workspace_id, stream, seq: upTo(seq) })
  }

  return async (workspace_id, before, from) => {
    const lookUntil = deadlines.end(lookingShare)
    const some = await streams.find(
      { workspace_id, stream: above(from ?? '') },
      { fields: ['_id', 'workspace_id', 'stream', 'pruned_seq'], sort: { stream: 1 }, limit: streamsPerCall },
    )
    const found: Old[] = []
    let [removed, looked] = [0, 0]
    for (const stream of some) {
      const old = await savePruned(stream, before, entriesPerCall - removed)
      if (old) found.push(old)
      removed += old?.count ?? 0
      // This stream may have more old entries; the next call begins with it.
      if (removed >= entriesPerCall) break
      looked += 1
      if (performance.now() > lookUntil) break
    }
    await outlastTrust(found)
    for (const old of found) await remove(old)
    const isAll = looked === some.length && some.length < streamsPerCall
    return { removed, next: isAll ? null : (some[looked - 1]?.stream ?? from ?? '') }
  }
}

/**
 * Waits until no node trusts a head that is about to be removed: it would insert at a seq that was taken before. Entries
 * that a workspace's retention days let go are far older than that, and need no wait.
 */
async function outlastTrust(found: readonly Old[]): Promise<void> {
  const isRecent = found.some(({ created_at }) => dateNow() - Date.parse(created_at) < 2 * trustMs)
  if (isRecent) await pause(trustMs)
}
