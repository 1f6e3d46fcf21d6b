import { limits as contractLimits, type Ticket, type TicketRequests } from '@dowellchat/protocol'
import { v7 as uuid } from 'uuid'
import { agentsOf, ticketAudience } from '../../delivery/audience.ts'
import { MarkedMessages, type TicketMarks, ticketMarks } from '../../delivery/marked-messages.ts'
import { RequestError } from '../../errors.ts'
import { rightOf } from '../../identity/permissions.ts'
import type { Closing, MessageDraft } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireRow, requireTicket, ticketNotFound } from './access.ts'
import { expectContent } from './drafting.ts'
import { sendToTicket, soleMessage, ticketKey } from './sending.ts'
import { ticketMoveHandlers } from './ticket-moves.ts'
import { ticketTimelineHandlers } from './ticket-timeline.ts'
import { topicLimit } from './topics.ts'

const defaultTickets = 50

export const ticketHandlers: Handlers<TicketRequests> = {
  ...ticketMoveHandlers,
  ...ticketTimelineHandlers,

  async create_ticket({ product, metadata, cid, client_created_at = null }, context) {
    const { session, store, notify, fingerprint, trace, limits } = context
    context.expectMetadata('ticketMetadata', metadata)
    await ensureTopic(context, product)
    const { workspace_id, user_id, name: display_name } = session
    const earlier_ids = session.user_ids.slice(1)
    // Pages of V2 open tickets for all their customers, as admins.
    const most_open = session.role === 'customer' ? limits.userOpenTickets : undefined
    const made = {
      cid,
      fingerprint,
      client_created_at,
      earlier_ids,
      ...(most_open !== undefined && { most_open }),
      ...(metadata && { metadata }),
    }
    const newTicket = { workspace_id, user_id, display_name, product, ...made }
    const creation = await store.tickets.create(newTicket)
    const limit = `You have ${most_open} open tickets, which is the most you may have`
    const { row: ticket, created } = requireRow(creation, cid, 'Ticket', limit)
    const { _id, line_manager } = ticket
    const step = created ? 'created' : 'repeated'
    trace?.({ step, ticket: _id, cid, line_manager, workspace: workspace_id }, 'ticket')
    // Also for a repeated request: the server may have ended before it wrote the row.
    if (line_manager !== null) context.audit.assigned(workspace_id, ticket)
    if (!created) {
      context.resend('new_ticket', { data: ticket })
      return ticket
    }
    notify(agentsOf(workspace_id), 'new_ticket', { data: ticket })
    context.waitingTimes.told(workspace_id, ticket)
    if (line_manager !== null) return ticket
    const assigned = await context.lines.assign(workspace_id, notify)
    return assigned.find((one) => one._id === _id) ?? ticket
  },

  async get_ticket({ ticket_id }, context) {
    return requireTicket(context, ticket_id)
  },

  async get_tickets({ product, is_closed, before, limit = defaultTickets }, { session, right, store }) {
    const page = await store.tickets.list(session.workspace_id, {
      limit,
      ...(right === 'own' && { user_ids: session.user_ids }),
      ...(product !== undefined && { product }),
      ...(is_closed !== undefined && { is_closed }),
      ...(before !== undefined && { before }),
    })
    if (limit <= contractLimits.tickets_with_metadata) return page
    return { ...page, tickets: page.tickets.map(withoutMetadata) }
  },

  async close_ticket({ ticket_id }, context) {
    const { session, store, streams, lines, waitingTimes, notify, trace } = context
    await requireTicket(context, ticket_id)
    const closed = await store.tickets.close(session.workspace_id, ticket_id, session.user_id)
    if (!closed) throw ticketNotFound(ticket_id)
    const { ticket, closing, closed_now } = closed
    trace?.(
      {
        step: closed_now ? 'closed' : 'closed before',
        ticket: ticket_id,
        line_manager: ticket.line_manager,
        workspace: session.workspace_id,
      },
      'ticket',
    )
    // Every repetition has the same cid and author, so repeating a close that was interrupted completes it once.
    const { created } = await streams.append(ticketKey(context, ticket_id), closedDraft(ticket, closing))
    if (created) notify(ticketAudience(session.workspace_id, ticket), 'ticket_updated', { data: ticket })
    else context.resend('ticket_updated', { data: ticket })
    if (created) waitingTimes.told(session.workspace_id, ticket)
    if (created) context.servingTimes.closed(session.workspace_id, ticket)
    if (created && ticket.line_manager !== null)
      waitingTimes.moved(session.workspace_id, ticket.line_manager, ticket_id)
    await lines.assign(session.workspace_id, notify)
    return { ticket, closed_now }
  },

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
      if (context.connection.showsRead) marks = await ticketMarks(context.store, key, ticket)
    })
    return marks ? new MarkedMessages(messages, marks) : messages
  },
}

function withoutMetadata({ metadata: _, ...ticket }: Ticket): Ticket {
  return ticket
}

function closedDraft({ _id: ticket_id, product }: Ticket, { by, count }: Closing): MessageDraft {
  return {
    kind: 'closed',
    cid: `closed:${ticket_id}:${count}`,
    fingerprint: 'closed',
    message_data: 'Ticket Closed',
    author: by,
    display_name: null,
    reply_to: null,
    client_created_at: null,
    sid: null,
    ticket_id,
    product,
  }
}

/** Throws if there is no such topic; for a session that may create topics, creates it instead. */
async function ensureTopic(context: Context, name: string): Promise<void> {
  const { session, store, limits, notify } = context
  const { workspace_id, user_id } = session
  if (await store.topics.get(workspace_id, name)) return
  if (rightOf('create_topic', session) === 'none')
    throw new RequestError('not_found', `Topic ${name} does not exist`)
  const most = limits.workspaceTopics
  const creation = await store.topics.create({
    workspace_id,
    user_id,
    name,
    cid: uuid(),
    fingerprint: '',
    client_created_at: null,
    most,
  })
  // Another conflict means that another request has just created it, which is fine too.
  if ('conflict' in creation && creation.conflict === 'limit')
    throw new RequestError('limit_reached', topicLimit(most))
  if (!('row' in creation)) return
  notify(agentsOf(workspace_id), 'topic_changed', { data: creation.row })
}
