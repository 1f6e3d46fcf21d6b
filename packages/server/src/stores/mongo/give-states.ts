import { lineOrder } from '@dowellchat/protocol'
import type { AnyBulkWriteOperation, Collection, Db } from 'mongodb'

interface OldTicket {
  readonly _id: string
  readonly workspace_id: string
  readonly line_manager?: string | null
  readonly is_closed: boolean
  readonly created_at: string
  readonly updated_at: string
}

const writtenAtOnce = 500

const withoutState = { state: { $exists: false } }

/** Gives the tickets from before there were states theirs, and their places in the line; and line managers what they begin with. */
export async function giveStates(db: Db): Promise<void> {
  const tickets = db.collection<OldTicket>('tickets')
  // What a server of the version before has changed in the meantime is given its state by the next round.
  while ((await giveAll(tickets)) > 0);
  await db
    .collection('line_managers')
    .updateMany(
      { availability: { $exists: false } },
      { $set: { availability: 'online', is_unmanaged: true, is_connected: false, serving_text: '{}' } },
    )
}

/** Answers how many tickets had no state. */
async function giveAll(tickets: Collection<OldTicket>): Promise<number> {
  let count = 0
  let writes: AnyBulkWriteOperation<OldTicket>[] = []
  const write = async (): Promise<void> => {
    if (writes.length > 0) await tickets.bulkWrite(writes, { ordered: false })
    writes = []
  }
  for await (const ticket of tickets.find(withoutState)) {
    const { _id, workspace_id, line_manager, is_closed } = ticket
    const filter = { _id, workspace_id, line_manager: line_manager ?? null, is_closed, ...withoutState }
    writes.push({ updateOne: { filter, update: { $set: statusOf(ticket) } } })
    count++
    if (writes.length >= writtenAtOnce) await write()
  }
  await write()
  return count
}

function statusOf({ _id, line_manager, is_closed, created_at, updated_at }: OldTicket): object {
  const priority = 'normal'
  return {
    state: is_closed ? 'closed' : line_manager == null ? 'waiting' : 'assigned',
    ...{ priority, tags: [], moves: 0, due_at: null },
    enqueued_at: created_at,
    assigned_at: line_manager == null ? null : created_at,
    active_at: updated_at,
    line_order: lineOrder({ _id, priority, enqueued_at: created_at }),
  }
}
