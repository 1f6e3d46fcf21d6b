import type { PayloadOf, Ticket } from '@dowellchat/protocol'
import { ticketAudience } from '../../delivery/audience.ts'
import { RequestError } from '../../errors.ts'
import type { TicketChange } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { requireTicket, ticketNotFound } from './access.ts'

const ofTheTeam = ['priority', 'tags', 'metadata'] as const

/** Changes what is named of a ticket; of its customer's own, the subject alone. */
export async function updateTicket(
  { ticket_id, ...change }: PayloadOf<'update_ticket'>,
  context: Context,
): Promise<Ticket> {
  const { session, right, store, notify, waitingTimes } = context
  const { workspace_id } = session
  const before = await requireTicket(context, ticket_id)
  const foreign = right === 'own' ? ofTheTeam.find((field) => change[field] !== undefined) : undefined
  if (foreign !== undefined) throw new RequestError('forbidden', `${foreign}: only the team may change it`)
  if (change.metadata) context.expectMetadata('ticketMetadata', change.metadata)
  const ticket = await store.tickets.update(workspace_id, ticket_id, withoutRepeatedTags(change))
  if (!ticket) throw ticketNotFound(ticket_id)
  notify(ticketAudience(workspace_id, ticket), 'ticket_updated', { data: ticket })
  if (ticket.priority !== before.priority && ticket.line_manager !== null)
    waitingTimes.moved(workspace_id, ticket.line_manager, ticket_id)
  return ticket
}

function withoutRepeatedTags({
  subject,
  priority,
  tags,
  metadata,
}: Omit<PayloadOf<'update_ticket'>, 'ticket_id'>): TicketChange {
  return {
    ...(subject !== undefined && { subject }),
    ...(priority !== undefined && { priority }),
    ...(tags !== undefined && { tags: [...new Set(tags)] }),
    ...(metadata !== undefined && { metadata }),
  }
}
