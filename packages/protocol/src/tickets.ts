import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, ClientTime, Id, Limit, Metadata, StoredId, Time, TopicName } from './fields.ts'
import { limits } from './limits.ts'
import { Message, messageContent, saysSomething } from './messages.ts'
import { Page, Position } from './streams.ts'

/** A customer's request for support. */
export const Ticket = z.object({
  _id: Id,
  /** The customer. */
  user_id: StoredId,
  display_name: z.nullable(StoredId),
  /** The `user_id` of the line manager who has the ticket; null while it waits for one. */
  line_manager: z.nullable(StoredId),
  is_closed: z.boolean(),
  created_at: Time,
  updated_at: Time,
  closed_at: z.nullable(Time),
  client_created_at: z.nullable(z.string()),
  /** The name of its topic. */
  product: StoredId,
  /** Minutes until the line manager gets to the ticket; null if none has it, or if it is closed. It counts 1,000 tickets at most. */
  waiting_time: z.nullable(z.number()),
  /** The team's own data about it; left out where there is none, and in answers of more than `limits.tickets_with_metadata`. */
  metadata: z.optional(Metadata),
})
export type Ticket = z.infer<typeof Ticket>

export const ticketRequests = {
  /** Opens a ticket for the session's user. If `product` names no topic: `not_found`, but for an admin the topic is created. */
  create_ticket: {
    payload: z.object({
      product: TopicName,
      metadata: z.optional(Metadata),
      cid: Cid,
      client_created_at: z.optional(ClientTime),
    }),
    data: Ticket,
    errors: ['not_found', 'conflict', 'limit_reached'],
  },
  /** One ticket. A customer gets only their own: any other fails like one that does not exist. */
  get_ticket: {
    payload: z.object({ ticket_id: Id }),
    data: Ticket,
    errors: ['not_found'],
  },
  /**
   * Tickets, newest first. Customers get their own; agents and admins get the workspace's. `is_closed` leaves out those that
   * are open, or those that are closed. `before` is the id of the oldest one known, whether the filters let it through or not.
   */
  get_tickets: {
    payload: z.object({
      product: z.optional(TopicName),
      is_closed: z.optional(z.boolean()),
      before: z.optional(Id),
      limit: z.optional(z.int().check(z.minimum(1), z.maximum(limits.tickets))),
    }),
    data: z.object({ tickets: z.array(Ticket), more: z.boolean() }),
  },
  /** Closes a ticket. Closing it again succeeds with `closed_now: false`. */
  close_ticket: {
    payload: z.object({ ticket_id: Id }),
    data: z.object({ ticket: Ticket, closed_now: z.boolean() }),
    errors: ['not_found'],
  },
  /** Subscribes to a ticket's conversation, as `join` does to a room. */
  join_ticket: {
    payload: z.object({ ticket_id: Id, position: z.optional(Position), limit: z.optional(Limit) }),
    data: Page,
    errors: ['not_found', 'limit_reached'],
  },
  leave_ticket: {
    payload: z.object({ ticket_id: Id }),
    data: z.object({ ticket_id: Id }),
  },
  /** Sends a message to a ticket's conversation. */
  ticket_message_event: {
    payload: z.object({ ticket_id: Id, ...messageContent }).check(saysSomething),
    data: Message,
    errors: ['not_found', 'conflict', 'ticket_closed', 'queue_full'],
  },
  /** The whole conversation at once, oldest first: at most the newest 5,000 messages and 4 MiB. */
  get_ticket_messages: {
    payload: z.object({ ticket_id: Id }),
    data: z.array(Message),
    errors: ['not_found'],
  },
} as const satisfies RequestDefs
export type TicketRequests = typeof ticketRequests

export const ticketPushes = {
  /** A ticket was opened. Sent to agents and admins. */
  new_ticket: z.object({ data: Ticket }),
  /**
   * A ticket was assigned or closed: sent to agents, admins, its customer, and everybody who joined it. Or its waiting time
   * has moved: sent to its customer and everybody who joined it, and to agents and admins as far as 50 tickets a second.
   */
  ticket_updated: z.object({ data: Ticket }),
} as const satisfies PushDefs
export type TicketPushes = typeof ticketPushes
