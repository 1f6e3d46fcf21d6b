import type { Ticket } from '@dowellchat/protocol'
import { ticketAudience } from '../../delivery/audience.ts'
import { closedDraft, withTarget } from '../../delivery/ticket-facts.ts'
import type { Moved } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { requireTicket } from './access.ts'
import { assignBehind, noteLines, tryMove } from './moving.ts'
import { ticketKey } from './sending.ts'

/** Closes a ticket once; a repetition completes what an interrupted one has left. */
export async function closeTicket(
  { ticket_id }: { readonly ticket_id: string },
  context: Context,
): Promise<{ ticket: Ticket; closed_now: boolean }> {
  const { session, notify, trace } = context
  const { workspace_id } = session
  await requireTicket(context, ticket_id)
  // Any ticket may be closed.
  const moved = (await tryMove(context, ticket_id, { kind: 'close' })) as Moved
  const { moved_now, closing } = moved
  const step = moved_now ? 'closed' : 'closed before'
  trace?.(
    { step, ticket: ticket_id, line_manager: moved.ticket.line_manager, workspace: workspace_id },
    'ticket',
  )
  let ticket = moved.ticket
  let created = false
  try {
    // Every repetition has the same cid and author, so repeating a close that was interrupted completes it once.
    const key = ticketKey(context, ticket_id)
    created = (await context.streams.append(key, closedDraft(ticket, closing))).created
    // Also where only that is left of an interrupted one.
    if (created || ticket.target !== null) ticket = await withTarget(context, workspace_id, ticket)
  } finally {
    // Whatever of it fails, the ticket is closed. Whoever has closed it tells of it; whoever completes that, of what is new.
    if (moved_now || ticket !== moved.ticket)
      notify(ticketAudience(workspace_id, ticket), 'ticket_updated', { data: ticket })
    else context.resend('ticket_updated', { data: ticket })
    if (moved_now) noteLines(context, { ...moved, ticket })
    if (created) context.servingTimes.closed(workspace_id, ticket)
  }
  await assignBehind(context)
  return { ticket, closed_now: moved_now }
}
