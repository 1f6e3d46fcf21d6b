import { type Ticket, ticketStream } from '@dowellchat/protocol'
import { streamAddress, ticketAudience } from '../../delivery/audience.ts'
import type { Trace } from '../../logger.ts'
import type { Context } from '../handler.ts'

/** Gives waiting tickets, oldest first, to line managers with a free slot, and announces them. */
export async function assignWaiting(context: Context): Promise<Ticket[]> {
  const { workspace_id } = context.session
  const assigned = await context.store.tickets.assignWaiting(workspace_id)
  for (const ticket of assigned) {
    traceAssigned(context.trace, workspace_id, ticket)
    context.audit.assigned(workspace_id, ticket)
    context.notify(ticketAudience(workspace_id, ticket), 'ticket_updated', { data: ticket })
  }
  return assigned
}

export function traceAssigned(
  trace: Trace | undefined,
  workspace: string,
  { _id: ticket, line_manager }: Ticket,
): void {
  trace?.({ step: 'assigned', ticket, line_manager, workspace }, 'ticket')
}

/** Announces the new waiting time of each open ticket of a line manager. */
export async function announceWaitingTimes(context: Context, lineManager: string): Promise<void> {
  const { workspace_id } = context.session
  for (const { _id, waiting_time } of await context.store.tickets.listOpen(workspace_id, lineManager)) {
    const address = streamAddress({ workspace_id, stream: ticketStream(_id) })
    context.notify({ addresses: [address] }, 'waiting_time_changed', { waiting_time })
  }
}
