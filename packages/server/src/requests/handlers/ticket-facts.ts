import type { Ticket, TicketMove } from '@dowellchat/protocol'
import { tellOfMove } from '../../delivery/ticket-facts.ts'
import type { Moved } from '../../stores/store.ts'
import type { Context } from '../handler.ts'

/**
 * Tells in a ticket's conversation what the session's user has made of it, behind the row's change, and sets what is due next.
 * @param reason in the words of the session's user; the customer reads it too
 * @returns the ticket with its target
 */
export function tellMove(context: Context, move: TicketMove, moved: Moved, reason?: string): Promise<Ticket> {
  const { user_id, name } = context.session
  const by = { user_id, name }
  return tellOfMove(context, context.session.workspace_id, moved, { move, by, reason })
}
