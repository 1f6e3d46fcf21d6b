import type { RemovalReason } from '@dowellchat/protocol'
import { newId } from '../ids.ts'
import { removedRow } from '../removal.ts'
import type { Removal, Removed, StreamKey } from '../store.ts'
import type { Database } from './database.ts'
import type { Logs, MongoLog } from './logs.ts'
import type { Open, Place } from './placing.ts'
import { oneOf } from './where.ts'

/** A removal as it is kept in the stream's row until it is done. */
interface Pending {
  readonly cid: string
  readonly targets: number[]
  readonly reason: RemovalReason
}

interface Removing {
  remove(key: StreamKey, removal: Removal): Promise<Removed>
  /** The log as it is now, with no removal half done. */
  settled(key: StreamKey): Promise<MongoLog | undefined>
}

/**
 * Removes messages without a transaction. The removal is first saved to the stream's row: from then on, whoever reads the log
 * completes it before reading. So a process that dies on the way leaves no text that somebody could still read, and no
 * removal that the log does not tell of. A stream has one removal at a time.
 */
export function mongoRemoving(database: Database, { streams, entries, find }: Logs, place: Place): Removing {
  const { deadlines } = database

  /** The messages at these seqs that still have something to remove. */
  async function removable({ workspace_id, stream }: StreamKey, { targets, reason }: Removal) {
    const rows = await entries.find({ workspace_id, stream, seq: oneOf(targets) })
    return rows.flatMap((row) => {
      const left = row.type === null ? removedRow(row, reason) : undefined
      return left ? [{ row, left }] : []
    })
  }

  async function complete(log: MongoLog, removing: string): Promise<void> {
    const { workspace_id, stream } = log.key
    // The text is one that `begin` has made.
    const pending = JSON.parse(removing) as Pending
    const changes = await removable(log.key, pending)
    await entries.changeEach(
      changes.map(({ row: { author, cid }, left }) => ({
        // By its author, in case a later removal was faster.
        where: { workspace_id, stream, author, cid },
        update: { $set: left },
      })),
    )
    const deletion: Open = { draft: { author: '', fingerprint: '', sid: null, ...pending } }
    await place(log, [deletion])
    await streams.change({ workspace_id, stream, _id: log.epoch, removing }, { $set: { removing: null } })
  }

  async function settled(key: StreamKey): Promise<MongoLog | undefined> {
    for (let log = await find(key); ; log = await find(key)) {
      if (!log?.removing) return log
      await complete(log, log.removing)
    }
  }

  /** Saves the removal to the stream's row; answers undefined if another one is there. */
  async function begin(
    { key: { workspace_id, stream }, epoch }: MongoLog,
    targets: number[],
    reason: RemovalReason,
  ): Promise<string | undefined> {
    const pending: Pending = { cid: `deletion:${newId()}`, targets, reason }
    const removing = JSON.stringify(pending)
    const where = { workspace_id, stream, _id: epoch, removing: null }
    return (await streams.change(where, { $set: { removing } })) && removing
  }

  return {
    settled,

    remove(key, removal) {
      return deadlines.persist(async () => {
        const log = await settled(key)
        if (!log) return { removed: [], head: 0 }
        const removed = (await removable(log.key, removal)).map(({ row }) => row.seq)
        if (removed.length === 0) return { removed, head: log.head.seq }
        const removing = await begin(log, removed, removal.reason)
        if (removing === undefined) return undefined
        await complete(log, removing)
        return { removed, head: (await find(key))?.head.seq ?? 0 }
      })
    },
  }
}
