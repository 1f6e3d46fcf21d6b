import type { RemovalReason } from '@dowellchat/protocol'
import type { Decided, GivenReaction } from '../changing.ts'
import type { StreamKey } from '../store.ts'
import type { Logs, MongoLog } from './logs.ts'

/** A change that was decided. */
export interface PendingChange {
  readonly cid: string
  readonly fingerprint: string
  readonly decided: Decided
  /** The asker's reaction that ends with it. */
  readonly given: GivenReaction | null
}

/** A removal or change as it is kept in the stream's row until it is done. Servers of earlier versions read a removal of nothing. */
export interface Pending {
  readonly cid: string
  readonly targets: readonly number[]
  readonly reason: RemovalReason
  readonly change?: PendingChange
}

/** Completes what was begun; it may run again, and on several servers at once. */
type Complete = (log: MongoLog, pending: Pending) => Promise<void>

export interface Pendings {
  /** The log as it is now, with nothing half done. */
  settled(key: StreamKey): Promise<MongoLog | undefined>
  /** Begins and completes; answers false if another one has begun since the log was read, whether it is done or not. */
  run(log: MongoLog, pending: Pending, complete?: Complete): Promise<boolean>
}

/**
 * Does without a transaction what several documents take part in. It is first saved to the stream's row: from then on,
 * whoever reads the log completes it before reading. So a process that dies on the way leaves nothing half done that
 * somebody could read. A stream has one at a time, and each is decided from what the last one has left.
 */
export function mongoPendings({ streams, find }: Logs, complete: Complete): Pendings {
  async function finish(log: MongoLog, removing: string, run: Complete): Promise<void> {
    const { workspace_id, stream } = log.key
    // The text is one that `run` has made.
    await run(log, JSON.parse(removing) as Pending)
    await streams.change({ workspace_id, stream, _id: log.epoch, removing }, { $set: { removing: null } })
  }

  return {
    async settled(key) {
      for (let log = await find(key); ; log = await find(key)) {
        if (!log?.removing) return log
        await finish(log, log.removing, complete)
      }
    },

    async run(log, pending, own = complete) {
      const { key, epoch, last_begun } = log
      const where = {
        workspace_id: key.workspace_id,
        stream: key.stream,
        _id: epoch,
        removing: null,
        last_begun,
      }
      const removing = JSON.stringify(pending)
      const update = { $set: { removing, last_begun: pending.cid } }
      if (!(await streams.change(where, update))) return false
      await finish(log, removing, own)
      return true
    },
  }
}
