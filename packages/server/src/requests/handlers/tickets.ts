import { limits as contractLimits, type TicketRequests } from '@dowellchat/protocol'
import { MarkedMessages, type TicketMarks, ticketMarks } from '../../delivery/marked-messages.ts'
import type { Handlers } from '../handler.ts'
import { requireTicket } from './access.ts'
import { expectContent } from './drafting.ts'
import { sendToTicket, soleMessage, ticketKey } from './sending.ts'
import { closeTicket } from './ticket-closing.ts'
import { listTickets } from './ticket-list.ts'
import { ticketMoveHandlers } from './ticket-moves.ts'
import { openTicket } from './ticket-opening.ts'
import { ticketTimelineHandlers } from './ticket-timeline.ts'

export const ticketHandlers: Handlers<TicketRequests> = {
  ...ticketMoveHandlers,
  ...ticketTimelineHandlers,

  create_ticket: openTicket,

  async get_ticket({ ticket_id }, context) {
    return requireTicket(context, ticket_id)
  },

  get_tickets: listTickets,

  close_ticket: closeTicket,

  async join_ticket({ ticket_id, position, limit }, context) {
    const key = ticketKey(context, ticket_id)
    const authorise = () => requireTicket(context, ticket_id)
    const { page } = await context.streams.join(key, context.connection, { position, limit }, authorise)
    return page
  },

  async leave_ticket({ ticket_id }, context) {
    await context.streams.leave(ticketKey(context, ticket_id), context.connection)
    return { ticket_id }
  },

  async ticket_message_event({ ticket_id, ...message }, context) {
    expectContent(message, context)
    return soleMessage(await sendToTicket(ticket_id, [message], context))
  },

  async get_ticket_messages({ ticket_id }, context) {
    const max = { entries: contractLimits.ticket_messages, bytes: contractLimits.ticket_messages_bytes }
    const key = ticketKey(context, ticket_id)
    let marks: TicketMarks | undefined
    const messages = await context.streams.messages(key, max, async () => {
      const ticket = await requireTicket(context, ticket_id)
      if (context.connection.hearsMinutes) context.waitingTimes.follows(key.workspace_id, ticket)
      if (context.connection.showsRead) marks = await ticketMarks(context.store, key, ticket)
    })
    return marks ? new MarkedMessages(messages, marks) : messages
  },
}
