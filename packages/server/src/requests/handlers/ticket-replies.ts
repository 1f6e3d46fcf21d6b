import type { Ticket, TicketMove } from '@dowellchat/protocol'
import type { Sent, SentResult } from '../../delivery/appends.ts'
import { RequestError } from '../../errors.ts'
import type { Context } from '../handler.ts'
import { tellMoved, tryMove } from './moving.ts'
import { isReopenable, reopenTicket } from './reopening.ts'

/** Closing and answering that cross each other within this count as a message behind the close, which its line manager has not seen. */
const crossingMs = 1_000

/** Whether a message of the session's user opens a closed ticket again: its customer's does, and any of V2's pages, which claim who they are. */
export function mayReply(ticket: Ticket, context: Context): boolean {
  return opensAgain(ticket, context) && isReopenable(ticket, context)
}

/**
 * What messages make of their ticket, behind them: the team's first one answers it, and its customer's takes it from hold or opens it
 * again. Of a repeated message too, since the first try may have ended before.
 * @param ticket as it was in their turn
 */
export async function afterMessages(
  ticket: Ticket,
  sent: readonly SentResult[],
  context: Context,
): Promise<void> {
  const last = sent.findLast((one) => !(one instanceof RequestError))
  if (!last || last instanceof RequestError) return
  const isAnswer = isOfTeam(ticket, context)
  if (isAnswer && (ticket.answered_at === null || ticket.state === 'assigned') && !ticket.is_closed)
    await moveBehind(ticket._id, { kind: 'answer' }, context)
  if (isAnswer ? !ticket.is_closed : !opensAgain(ticket, context)) return
  const { workspace_id } = context.session
  // Again, since it may have been closed while the message was on its way.
  const now = await context.store.tickets.get(workspace_id, ticket._id)
  if (now?.state === 'on_hold') await moveBehind(ticket._id, { kind: 'resume' }, context)
  if (!now?.is_closed || !isBehindClosing(last, ticket, now)) return
  if (!isReopenable(now, context)) return
  await reopenTicket(now, context)
  await context.lines.assign(workspace_id, context.notify)
}

/** @param read the ticket as it was in the message's turn @param now as it is */
function isBehindClosing({ placed, created }: Sent, read: Ticket, { closed_at }: Ticket): boolean {
  if (closed_at === null) return false
  // A new message to a closed ticket is behind that close, whatever the servers' clocks say.
  if (created && read.closed_at === closed_at) return true
  return Date.parse(placed.created_at) + (created ? crossingMs : 0) >= Date.parse(closed_at)
}

/** What the ticket does not allow by now is over. */
async function moveBehind(ticketId: string, move: TicketMove, context: Context): Promise<void> {
  const moved = await tryMove(context, ticketId, move)
  if (!('refused' in moved) && moved.moved_now) await tellMoved(context, move, moved)
}

function opensAgain({ user_id }: Ticket, { session, connection }: Context): boolean {
  return !connection.provesUsers || session.user_ids.includes(user_id)
}

/** Of V2's pages, who only claim who they are, the ticket's line manager alone. */
function isOfTeam({ user_id, line_manager }: Ticket, { session, connection }: Context): boolean {
  if (!connection.provesUsers) return session.user_id === line_manager
  return session.role !== 'customer' && !session.user_ids.includes(user_id)
}
