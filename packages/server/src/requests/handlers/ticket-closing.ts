import type { Ticket } from '@dowellchat/protocol'
import { ticketAudience } from '../../delivery/audience.ts'
import { closedDraft, withTarget } from '../../delivery/ticket-facts.ts'
import type { Moved } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { requireTicket } from './access.ts'
import { noteLines, tryMove } from './moving.ts'
import { ticketKey } from './sending.ts'

/** Closes a ticket once; a repetition completes what an interrupted one has left. */
export async function closeTicket(
  { ticket_id }: { readonly ticket_id: string },
  context: Context,
): Promise<{ ticket: Ticket; closed_now: boolean }> {
  const { session, lines, notify, trace } = context
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
  // Every repetition has the same cid and author, so repeating a close that was interrupted completes it once.
  const { created } = await context.streams.append(
    ticketKey(context, ticket_id),
    closedDraft(moved.ticket, closing),
  )
  // Also where only that is left of an interrupted one.
  const isDue = created || moved.ticket.target !== null
  const ticket = isDue ? await withTarget(context, workspace_id, moved.ticket) : moved.ticket
  if (created) {
    notify(ticketAudience(workspace_id, ticket), 'ticket_updated', { data: ticket })
    context.servingTimes.closed(workspace_id, ticket)
    noteLines(context, { ...moved, ticket })
  } else context.resend('ticket_updated', { data: ticket })
  await lines.assign(workspace_id, notify)
  return { ticket, closed_now: moved_now }
}
