import { type Ticket, ticketStream } from '@dowellchat/protocol'
import { streamAddress, ticketAudience } from '../../delivery/audience.ts'
import type { Context } from '../handler.ts'

/** Gives waiting tickets, oldest first, to whoever is free, and tells of it. */
export async function assignWaiting(context: Context): Promise<Ticket[]> {
  const { workspace_id } = context.session
  const assigned = await context.store.tickets.assignWaiting(workspace_id)
  for (const ticket of assigned) {
    context.notify(ticketAudience(workspace_id, ticket), 'ticket_updated', { data: ticket })
  }
  return assigned
}

/** Tells everybody who still waits for a line manager that the line has become shorter. */
export async function tellLine(context: Context, lineManager: string): Promise<void> {
  const { workspace_id } = context.session
  for (const { _id, waiting_time } of await context.store.tickets.listOpen(workspace_id, lineManager)) {
    const address = streamAddress({ workspace_id, stream: ticketStream(_id) })
    context.notify({ addresses: [address] }, 'waiting_time_changed', { waiting_time })
  }
}
