import { setTimeout as pause } from 'node:timers/promises'
import type { StreamStore } from '../store.ts'
import type { Database } from './database.ts'
import { type Logs, type StreamRow, trustMs } from './logs.ts'
import { above, below, upTo } from './where.ts'

/** How much one call looks at: so many streams, so many entries, or for so much of its time. */
const streamsPerCall = 100
const entriesPerCall = 1_000
const lookingShare = 0.25

type Stream = Pick<StreamRow, '_id' | 'workspace_id' | 'stream' | 'pruned_seq'>

/** What a stream is about to lose: everything up to a seq, of which the youngest was made then. */
interface Old {
  readonly stream: Stream
  readonly seq: number
  readonly created_at: string
  readonly count: number
}

/**
 * Removes old entries, each log's from its beginning. The stream's row says first what is gone, so that nobody reads it
 * any more; what a removal leaves behind that is cut off there goes with the next.
 */
export function mongoRetention(database: Database, { streams, entries, forget }: Logs): StreamStore['prune'] {
  const { deadlines } = database

  /** Notes that the old ones among the first `most` entries are gone. */
  async function note(stream: Stream, before: string, most: number): Promise<Old | undefined> {
    const { _id, workspace_id, pruned_seq } = stream
    const key = { workspace_id, stream: stream.stream }
    const rows = await entries.find(
      { ...key, seq: upTo(pruned_seq + most) },
      { fields: ['_id', 'seq', 'nth', 'created_at'], sort: { seq: 1 } },
    )
    const kept = rows.findIndex(({ seq, created_at }) => seq > pruned_seq && created_at >= before)
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
      const old = await note(stream, before, entriesPerCall - removed)
      if (old) found.push(old)
      removed += old?.count ?? 0
      // This one may have more; the next call begins with it.
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
 * A node that has not looked for `trustMs` inserts after what it takes for the head. Until then seqs stay taken that were
 * so lately, or it could give one of them away again. What a workspace's days let go is far older, and is not waited for.
 */
async function outlastTrust(found: readonly Old[]): Promise<void> {
  const isLate = found.some(({ created_at }) => Date.now() - Date.parse(created_at) < 2 * trustMs)
  if (isLate) await pause(trustMs)
}
