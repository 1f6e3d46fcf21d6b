import type { Ticket } from '@dowellchat/protocol'
import { serves } from '../../stores/attending.ts'
import type { Moved } from '../../stores/store.ts'
import { dateNow } from '../../time.ts'
import type { Context } from '../handler.ts'
import { ticketClosed } from './access.ts'
import { handBackIfRemoved, moveTicket } from './moving.ts'

const dayMs = 24 * 60 * 60 * 1_000

/** Whether a ticket's customer may open it again; 0 days are never. */
export function isReopenable({ closed_at }: Pick<Ticket, 'closed_at'>, { workspace }: Context): boolean {
  const days = workspace?.reopen_days ?? 0
  return closed_at === null || dateNow() - Date.parse(closed_at) < days * dayMs
}

/** @throws RequestError `ticket_closed` where the session may not open it again */
export function expectReopenable(ticket: Ticket, context: Context): void {
  if (context.right === 'own' && ticket.is_closed && !isReopenable(ticket, context))
    throw ticketClosed(ticket._id)
}

/** Opens a ticket again: for the line manager who had it where they are free for it, else for the line. The store sees to it that they have room. */
export async function reopenTicket(ticket: Ticket, context: Context): Promise<Moved> {
  const line_manager = await whoTakesItBack(ticket, context)
  const moved = await moveTicket(context, ticket._id, { kind: 'reopen', line_manager })
  if (line_manager !== null) await handBackIfRemoved(context, line_manager)
  return moved
}

async function whoTakesItBack({ line_manager, product }: Ticket, { session, store, openingHours }: Context) {
  if (line_manager === null) return null
  const manager = await store.lineManagers.get(session.workspace_id, line_manager)
  if (!manager || !serves(manager, product)) return null
  return (await openingHours.closed(session.workspace_id)).includes(product) ? null : line_manager
}
