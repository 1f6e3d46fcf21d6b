import { lineOrder } from '@dowellchat/protocol'
import type { AnyBulkWriteOperation, Collection, Db } from 'mongodb'
import type { TicketRow } from '../fields/tickets.ts'
import type { TenantRow } from './rows.ts'

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

/** What a row reads as that has no state yet, since a server of an earlier version has made it after that. */
export function withState<Row extends TicketRow & TenantRow>(row: Row): Row {
  // Servers of this version write it with every ticket.
  if (row.active_at !== '') return row
  const active = { ...row, active_at: row.updated_at }
  // It has been moved since.
  if (row.enqueued_at !== '') return active
  const { state, enqueued_at, assigned_at } = statusOf(row)
  return { ...active, state, enqueued_at, assigned_at, line_order: lineOrder({ ...row, enqueued_at }) }
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

function statusOf({ _id, line_manager, is_closed, created_at, updated_at }: OldTicket) {
  const priority = 'normal'
  const state: TicketRow['state'] = is_closed ? 'closed' : line_manager == null ? 'waiting' : 'assigned'
  return {
    state,
    ...{ priority, tags: [], moves: 0, due_at: null },
    enqueued_at: created_at,
    assigned_at: line_manager == null ? null : created_at,
    active_at: updated_at,
    line_order: lineOrder({ _id, priority, enqueued_at: created_at }),
  }
}
