import * as z from 'zod/mini'
import { Text } from '../fields.ts'
import { limits } from '../limits.ts'
import type { Message } from '../messages.ts'
import { topicName } from '../rules/topic-name.ts'
import { ticketStream } from '../streams.ts'
import { type Ticket, type TicketPushes, type TicketRequests, ticketRequests } from '../tickets.ts'
import {
  clientTime,
  Ignored,
  type V2Defs,
  type V2Frame,
  V2Id,
  type V2Pushes,
  type V2ReadMarks,
  V2Session,
  v2,
  v2Address,
  v2Id,
  v2Named,
} from './define.ts'
import { explainText, isV2Message, v2Text } from './message-kinds.ts'

/** A ticket as V2 clients know it. */
export function v2Ticket(ticket: Ticket) {
  const {
    _id,
    user_id,
    display_name,
    line_manager,
    is_closed,
    created_at,
    updated_at,
    product,
    waiting_time,
  } = ticket
  return {
    _id,
    user_id,
    display_name,
    line_manager,
    is_closed,
    created_at,
    updated_at,
    product,
    waiting_time,
  }
}

/** What V2 clients are told of a ticket's message. */
export type V2TicketContent = Pick<
  Message,
  '_id' | 'ticket_id' | 'message_data' | 'attachments' | 'author' | 'reply_to' | 'created_at' | 'product'
>

/** Whether anybody of the other side of its ticket has read a message. */
function isRead({ author, nth }: Message, { customer, readers }: V2ReadMarks): boolean {
  const isOwn = (id: string | null) => id !== null && customer.includes(id)
  return readers.some((reader) => reader.nth >= nth && isOwn(reader.user_id) !== isOwn(author))
}

/** A ticket's message as V2 clients know it. */
export function v2TicketMessage(message: V2TicketContent, is_read = false) {
  const { _id, ticket_id, author, reply_to, created_at, product } = message
  return {
    _id,
    ticket_id,
    message_data: v2Text(message),
    author,
    reply_to: reply_to ?? 'None',
    is_read,
    created_at,
    product,
  }
}

/** V2 sends a ticket's waiting time as a separate frame, always with the operation `create_ticket`. */
function waitingTime(waiting_time: number | null): V2Frame {
  return ['waiting_time_response', { status: 'success', operation: 'create_ticket', data: { waiting_time } }]
}

/** Any value: only the id identifies the ticket. */
const AnyProduct = Ignored

export const v2TicketRequests = {
  create_ticket: v2(ticketRequests.create_ticket, {
    payload: z.extend(V2Session, {
      user_id: z.optional(z.nullable(V2Id)),
      product: V2Id,
      link_id: Ignored,
      created_at: Ignored,
    }),
    keyed: true,
    event: 'ticket_response',
    operation: 'create_ticket',
    claims: ({ user_id }) => ({ user_id: v2Address(user_id) }),
    toCurrent: ({ product, link_id, created_at }, { cid }) => {
      const link = v2Address(link_id)
      return {
        product: topicName(String(product)),
        cid,
        client_created_at: clientTime(created_at),
        ...(link !== undefined && { link_id: link }),
      }
    },
    fromCurrent: v2Ticket,
    subscribes: (_payload, ticket) => ({ stream: ticketStream(ticket._id) }),
    followedBy: (ticket) => [waitingTime(ticket.waiting_time)],
  }),
  get_tickets: v2(ticketRequests.get_tickets, {
    payload: z.extend(V2Session, { product: z.optional(V2Id) }),
    keyed: true,
    event: 'ticket_response',
    operation: 'get_ticket',
    toCurrent: ({ product }) =>
      // V2 cannot list all products: without one the answer is empty, as is any list `before` an unknown ticket.
      product === undefined
        ? { before: 'none' }
        : { product: topicName(String(product)), limit: limits.tickets },
    // A page numbers tickets by their places in the list, and appends new ones.
    fromCurrent: ({ tickets }) => tickets.map(v2Ticket).reverse(),
  }),
  close_ticket: v2(ticketRequests.close_ticket, {
    payload: z.extend(V2Session, { ticket_id: V2Id, line_manager: Ignored, product: AnyProduct }),
    keyed: true,
    event: 'ticket_response',
    operation: 'close_ticket',
    claims: ({ line_manager }) => ({ user_id: v2Address(line_manager) }),
    toCurrent: ({ ticket_id }) => ({ ticket_id: v2Id(ticket_id) }),
    fromCurrent: ({ closed_now }) => (closed_now ? 'Ticket Closed' : 'Ticket Already Closed'),
  }),
  reopen_ticket: v2(ticketRequests.reopen_ticket, {
    payload: z.extend(V2Session, { ticket_id: V2Id, product: AnyProduct }),
    keyed: true,
    event: 'ticket_response',
    operation: 'reopen_ticket',
    toCurrent: ({ ticket_id }) => ({ ticket_id: v2Id(ticket_id) }),
    fromCurrent: ({ reopened_now }) => (reopened_now ? 'Ticket Reopened' : 'Ticket Already Open'),
  }),
  ticket_message_event: v2(ticketRequests.ticket_message_event, {
    payload: z.extend(V2Session, {
      ticket_id: V2Id,
      product: AnyProduct,
      message_data: z.union([Text, z.number()]),
      user_id: z.optional(V2Id),
      reply_to: Ignored,
      created_at: Ignored,
    }),
    keyed: true,
    // What comes on `ticket_message_response` is taken for a message.
    event: 'error_response',
    operation: 'send_message',
    explain: explainText,
    claims: ({ user_id }) => ({ user_id: v2Address(user_id) }),
    toCurrent: ({ ticket_id, message_data, reply_to, created_at }, { cid }) => {
      const target = v2Address(reply_to)
      return {
        ticket_id: v2Id(ticket_id),
        message_data: String(message_data),
        cid,
        client_created_at: clientTime(created_at),
        ...(target !== undefined && target !== 'None' && { reply_to: target }),
      }
    },
    subscribes: ({ ticket_id }) => ({ stream: ticketStream(ticket_id) }),
  }),
  get_ticket_messages: v2(ticketRequests.get_ticket_messages, {
    payload: z.extend(V2Session, { ticket_id: z.optional(z.nullable(V2Id)), product: AnyProduct }),
    keyed: true,
    event: 'ticket_message_response',
    operation: 'get_ticket_messages',
    // A page asks before it has a ticket.
    toCurrent: ({ ticket_id }) => ({ ticket_id: ticket_id == null ? 'none' : v2Id(ticket_id) }),
    whenMissing: () => [],
    fromCurrent: (messages, marks) =>
      messages
        .filter(isV2Message)
        .map((message) => v2TicketMessage(message, marks && isRead(message, marks))),
    subscribes: ({ ticket_id }) => ({ stream: ticketStream(ticket_id) }),
  }),
} as const satisfies V2Defs<TicketRequests>

/** The tickets of a line manager, or of all, that were opened on a day. */
const OfDay = z.extend(V2Session, {
  line_manager: Ignored,
  ticket_date: z.string().check(z.regex(/^\d{4}_\d\d_\d\d$/, 'expected YYYY_MM_DD')),
  product: AnyProduct,
})

function ofDay({ line_manager, ticket_date, product }: z.output<typeof OfDay>) {
  const [manager, topic] = [v2Address(line_manager), v2Address(product)]
  return {
    ...(manager !== undefined && { line_manager: manager }),
    day: ticket_date.replaceAll('_', '-'),
    ...(topic !== undefined && { product: topicName(topic) }),
  }
}

/** Further lists of tickets, which V2 asks for by names of their own. */
export const v2TicketLists = {
  get_tickets_by_date: v2Named('get_tickets', ticketRequests.get_tickets, {
    payload: OfDay,
    keyed: true,
    event: 'ticket_response',
    operation: 'get_tickets_by_date',
    toCurrent: (payload) => ({ ...ofDay(payload), limit: limits.tickets }),
    fromCurrent: ({ tickets }) => tickets.map(v2Ticket).reverse(),
  }),
  /** Of each ticket the last message, and how many there are. */
  get_unread_messages: v2Named('get_tickets', ticketRequests.get_tickets, {
    payload: OfDay,
    keyed: true,
    event: 'ticket_message_response',
    operation: 'get_unread_messages',
    claims: ({ line_manager }) => ({ user_id: v2Address(line_manager) }),
    toCurrent: (payload) => ({ ...ofDay(payload), details: true, limit: limits.list_rows }),
    fromCurrent: ({ tickets }) => ({
      unread_messages: tickets
        .filter(({ unread }) => unread)
        .flatMap(({ last }) => (last && isV2Message(last) ? [v2TicketMessage(last)] : [])),
      unread_messages_count: tickets.reduce((sum, { unread = 0 }) => sum + unread, 0),
    }),
  }),
}

export const v2TicketPushes = {
  new_ticket: ({ data }): V2Frame => ['new_ticket', { data: v2Ticket(data), status: 'success' }],
  ticket_updated: null,
  ticket_activity: null,
} satisfies V2Pushes<{ [K in keyof TicketPushes]: z.output<TicketPushes[K]> }>

/** The notice to a ticket's V2 sockets when the line ahead of it gets shorter. */
export const v2TicketNotices = {
  waiting_time_changed: ({ waiting_time }: { waiting_time: number | null }): V2Frame =>
    waitingTime(waiting_time),
}
