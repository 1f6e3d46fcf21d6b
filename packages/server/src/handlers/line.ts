import { type Ticket, ticketStream } from '@dowellchat/protocol'
import { streamAddress, ticketAudience } from '../audience.ts'
import type { Context } from '../handler.ts'

/** Gives waiting tickets, oldest first, to whoever is free, and tells those who wait. */
export async function assignWaiting(context: Context): Promise<Ticket[]> {
  const { workspace_id } = context.session
  const assigned = await context.store.tickets.assignWaiting(workspace_id)
  for (const ticket of assigned) {
    context.notify(ticketAudience(workspace_id, ticket), 'ticket_updated', { data: ticket })
    tellWaitingTime(context, ticket)
  }
  return assigned
}

/** Tells everybody who still waits for a line manager that the line has become shorter. */
export async function tellLine(context: Context, lineManager: string): Promise<void> {
  const waiting = await context.store.tickets.listOpen(context.session.workspace_id, lineManager)
  for (const ticket of waiting) tellWaitingTime(context, ticket)
}

function tellWaitingTime({ notify, session }: Context, { _id, waiting_time }: Ticket): void {
  const stream = streamAddress({ workspace_id: session.workspace_id, stream: ticketStream(_id) })
  notify({ addresses: [stream] }, 'waiting_time_changed', { waiting_time })
}
