import type { PayloadOf, Ticket, TicketRequests } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireTicket, ticketNotFound } from './access.ts'
import {
  afterAssigning,
  assignBehind,
  handBackIfRemoved,
  moveTicket,
  requireLineManager,
  requireTopic,
  tellMoved,
  tryMove,
} from './moving.ts'
import { expectReopenable, reopenTicket } from './reopening.ts'
import { updateTicket } from './ticket-changes.ts'

type MoveRequests = Pick<
  TicketRequests,
  | 'claim_ticket'
  | 'claim_next'
  | 'assign_ticket'
  | 'transfer_ticket'
  | 'hold_ticket'
  | 'reopen_ticket'
  | 'update_ticket'
>

/** How often `claim_next` looks at the line again, where others are faster. */
const mostTries = 50

/** What leads a ticket from one state to another, but for opening and closing it. */
export const ticketMoveHandlers: Handlers<MoveRequests> = {
  async claim_ticket({ ticket_id }, context) {
    await expectLineManager(context)
    return claim(ticket_id, context)
  },

  async claim_next({ product, cid }, context) {
    const { session, store, resend } = context
    const { topics } = await expectLineManager(context)
    if (product !== undefined) await requireTopic(context, product)
    const { workspace_id, user_id: line_manager } = session
    const products = product === undefined ? (topics ?? undefined) : [product]
    for (let n = 0; n < mostTries; n++) {
      const claimed = await store.tickets.claimed(workspace_id, line_manager, cid)
      if (claimed) {
        resend('ticket_updated', { data: claimed })
        return claimed
      }
      const next = await store.tickets.firstInLine(workspace_id, products)
      if (!next) throw new RequestError('not_found', 'Nobody waits')
      const move = { kind: 'take', line_manager, cid } as const
      const moved = await tryMove(context, next._id, move)
      if ('refused' in moved) continue
      const { ticket } = await tellMoved(context, move, moved)
      await handBackIfRemoved(context, line_manager)
      return ticket
    }
    throw new RequestError('conflict', 'Others were faster. Try again.')
  },

  async assign_ticket({ ticket_id, line_manager, expected }, context) {
    return giveTo(line_manager, { ticket_id, expected }, context)
  },

  async transfer_ticket({ ticket_id, line_manager, product, reason, expected }, context) {
    if (line_manager !== undefined) return giveTo(line_manager, { ticket_id, expected, reason }, context)
    await requireTicket(context, ticket_id)
    // The contract lets none through that has neither.
    await requireTopic(context, product as string)
    const move = { kind: 'transfer', product: product as string, expected } as const
    const { ticket } = await moveTicket(context, ticket_id, move, reason)
    return afterAssigning(context, ticket)
  },

  async hold_ticket({ ticket_id, is_on_hold, reason }, context) {
    await requireTicket(context, ticket_id)
    const { ticket } = await moveTicket(context, ticket_id, { kind: is_on_hold ? 'hold' : 'resume' }, reason)
    return ticket
  },

  async reopen_ticket({ ticket_id }, context) {
    const known = await requireTicket(context, ticket_id)
    expectReopenable(known, context)
    const { ticket, moved_now } = await reopenTicket(known, context)
    return { ticket: await afterAssigning(context, ticket), reopened_now: moved_now }
  },

  update_ticket: updateTicket,
}

/** The session's user as a line manager. @throws RequestError `conflict` where they are none */
async function expectLineManager({ session, store }: Context) {
  const manager = await store.lineManagers.get(session.workspace_id, session.user_id)
  if (!manager) throw new RequestError('conflict', 'You are no line manager: an admin can make you one')
  return manager
}

type Giving = Pick<PayloadOf<'transfer_ticket'>, 'ticket_id' | 'expected' | 'reason'>

/** Gives a ticket to a line manager, from wherever it is. */
async function giveTo(
  line_manager: string,
  { ticket_id, expected, reason }: Giving,
  context: Context,
): Promise<Ticket> {
  await requireTicket(context, ticket_id)
  await requireLineManager(context, line_manager)
  const move = { kind: 'assign', line_manager, expected } as const
  const { ticket } = await moveTicket(context, ticket_id, move, reason)
  await handBackIfRemoved(context, line_manager)
  await assignBehind(context)
  return ticket
}

/** Takes a ticket for the session's user; one that they have already stays theirs. */
async function claim(ticket_id: string, context: Context): Promise<Ticket> {
  const { workspace_id, user_id: line_manager } = context.session
  const move = { kind: 'take', line_manager } as const
  const moved = await tryMove(context, ticket_id, move)
  if (!('refused' in moved)) {
    const told = await tellMoved(context, move, moved)
    await handBackIfRemoved(context, line_manager)
    return told.ticket
  }
  const ticket = await context.store.tickets.get(workspace_id, ticket_id)
  if (!ticket) throw ticketNotFound(ticket_id)
  if (ticket.is_closed || ticket.line_manager !== line_manager)
    throw new RequestError('conflict', moved.refused)
  context.resend('ticket_updated', { data: ticket })
  return ticket
}
