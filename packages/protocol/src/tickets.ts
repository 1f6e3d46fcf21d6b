import * as z from 'zod/mini'
import { OutgoingAttachment } from './attachments.ts'
import type { PushDefs, RequestDefs } from './define.ts'
import {
  Cid,
  ClientTime,
  Count,
  Id,
  Limit,
  Metadata,
  StoredId,
  StoredText,
  Text,
  TextOrNone,
  Time,
  TopicName,
  withProblem,
} from './fields.ts'
import { Head } from './heads.ts'
import { limits } from './limits.ts'
import { Message, messageContent, saysSomething } from './messages.ts'
import { dayProblem } from './rules/day-problem.ts'
import { Page, Position } from './streams.ts'

/**
 * `waiting`: nobody has it. `assigned`: a line manager has it and has not answered. `open`: they have answered. `on_hold`: they wait
 * for something. `closed`: it is over. `ticketMove` says what leads from one to another.
 */
export const TicketState = z.enum(['waiting', 'assigned', 'open', 'on_hold', 'closed'])
export type TicketState = z.infer<typeof TicketState>

/** In the line, a ticket of a higher priority is before all of a lower one. */
export const TicketPriority = z.enum(['low', 'normal', 'high', 'urgent'])
export type TicketPriority = z.infer<typeof TicketPriority>

/** What a customer says of how it went. */
export const Rating = z.object({
  /** From 1, bad, to 5, good. */
  score: z.int().check(z.minimum(1), z.maximum(5)),
  comment: z.nullable(StoredText),
  rated_at: Time,
})
export type Rating = z.infer<typeof Rating>

/** What a topic has promised for a ticket, and has not kept yet: a first answer, or that it is solved. */
export const TicketTarget = z.object({ kind: z.enum(['first_answer', 'solved']), due_at: Time })
export type TicketTarget = z.infer<typeof TicketTarget>

const Tag = Id.check(z.maxLength(limits.tag_length))
const Tags = z.array(Tag).check(z.maxLength(limits.tags))
const Subject = Id.check(z.maxLength(limits.subject_length))
const Reason = Id.check(z.maxLength(limits.reason_length))
/** Who has the ticket as far as the asker knows; null: nobody. `conflict` if it is somebody else by now. */
const Expected = z.optional(z.nullable(Id))

/** A customer's request for support. */
export const Ticket = z.object({
  _id: Id,
  /** The customer. */
  user_id: StoredId,
  display_name: z.nullable(StoredId),
  /** The `user_id` of the line manager who has the ticket; null while it waits for one. */
  line_manager: z.nullable(StoredId),
  is_closed: z.boolean(),
  state: TicketState,
  subject: z.nullable(StoredText),
  priority: TicketPriority,
  tags: z.array(StoredId),
  /** Since when it is in the line: when it was opened, or reopened for somebody else. It keeps it when it is handed back or transferred. */
  enqueued_at: Time,
  /** When its line manager got it. */
  assigned_at: z.nullable(Time),
  /** When it was answered first. */
  answered_at: z.nullable(Time),
  /** What is due next; null where nothing was promised, or all is kept. */
  target: z.nullable(TicketTarget),
  rating: z.nullable(Rating),
  created_at: Time,
  updated_at: Time,
  closed_at: z.nullable(Time),
  client_created_at: z.nullable(z.string()),
  /** The name of its topic. */
  product: StoredId,
  /**
   * In minutes: its line manager's `average_serving_time` × their open tickets before it, also where it is answered; null
   * while nobody has it, and once it is closed. `get_estimate` says how long it takes.
   */
  waiting_time: z.nullable(z.number()),
  /** The team's own data about it; left out where there is none, and in answers of more than `limits.tickets_with_metadata`. */
  metadata: z.optional(Metadata),
  /** Its last message; only answers to `details: true` have it. */
  last: z.optional(Message),
  /** How many messages of the other side the session's user has not read; only answers to `details: true` have it. */
  unread: z.optional(Count),
})
export type Ticket = z.infer<typeof Ticket>

export const ticketRequests = {
  /**
   * Opens a ticket for the session's user. If `product` names no topic: `not_found`, but for an admin the topic is created.
   * `message_data` and `attachments` are its first message. `link_id` uses up one link of `create_share_link`, whose user becomes the customer; where a
   * customer asks, the ticket is theirs under that name.
   */
  create_ticket: {
    payload: z.object({
      product: TopicName,
      subject: z.optional(Subject),
      message_data: z.optional(TextOrNone),
      attachments: z.optional(
        z.array(OutgoingAttachment).check(z.minLength(1), z.maxLength(limits.attachments)),
      ),
      link_id: z.optional(Id),
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
   * Tickets, in an `order` (default `newest` first). Customers get their own; agents and admins get the workspace's. `before` is the
   * id of the last one known, whether the filters let it through or not. `line_manager: null`: those that nobody has. `text` is
   * looked for in subjects, names and ids of customers. `day`: those opened on that day (UTC), `YYYY-MM-DD`. `details`: with their
   * last messages and what is unread, and then at most `limits.list_rows`; their `ticket_activity` is sent to the connection from then on.
   * What no index leads to, such as a `tag` or a `text`, is looked for among the next 10,000 tickets: there may be fewer than
   * `limit`, or none, and `more` of them further on. Go on from the last one; where there is none, ask for less, a `day` say.
   */
  get_tickets: {
    payload: z.object({
      product: z.optional(TopicName),
      is_closed: z.optional(z.boolean()),
      states: z.optional(z.array(TicketState).check(z.minLength(1), z.maxLength(5))),
      line_manager: z.optional(z.nullable(Id)),
      tag: z.optional(Tag),
      text: z.optional(Id.check(z.maxLength(limits.subject_length))),
      day: z.optional(z.string().check(withProblem(dayProblem))),
      order: z.optional(z.enum(['newest', 'longest_waiting', 'last_activity'])),
      details: z.optional(z.boolean()),
      before: z.optional(Id),
      limit: z.optional(z.int().check(z.minimum(1), z.maximum(limits.tickets))),
    }),
    data: z.object({ tickets: z.array(Ticket), more: z.boolean() }),
  },
  /** Changes what is named. Customers may change the subject alone. A `metadata` of null removes it. */
  update_ticket: {
    payload: z.object({
      ticket_id: Id,
      subject: z.optional(z.nullable(Subject)),
      priority: z.optional(TicketPriority),
      tags: z.optional(Tags),
      metadata: z.optional(z.nullable(Metadata)),
    }),
    data: Ticket,
    errors: ['not_found'],
  },
  /** Takes a ticket that waits. `conflict` if somebody else was faster, or the session's user is no line manager. */
  claim_ticket: {
    payload: z.object({ ticket_id: Id }),
    data: Ticket,
    errors: ['not_found', 'conflict'],
  },
  /** Takes the first ticket of the line, of one topic or of those that the session's user serves. `not_found` if none waits. */
  claim_next: {
    payload: z.object({ product: z.optional(TopicName), cid: Cid }),
    data: Ticket,
    errors: ['not_found', 'conflict'],
  },
  /** Gives a ticket to a line manager, whoever has it now and whatever their capacity is. `conflict` if it is closed. */
  assign_ticket: {
    payload: z.object({ ticket_id: Id, line_manager: Id, expected: Expected }),
    data: Ticket,
    errors: ['not_found', 'conflict'],
  },
  /** Passes a ticket on, to a line manager or into the line of a topic, where it keeps the time since when it waits. */
  transfer_ticket: {
    payload: z
      .object({
        ticket_id: Id,
        line_manager: z.optional(Id),
        product: z.optional(TopicName),
        reason: z.optional(Reason),
        expected: Expected,
      })
      .check(
        z.refine(
          ({ line_manager, product }) => (line_manager === undefined) !== (product === undefined),
          'expected either line_manager or product',
        ),
      ),
    data: Ticket,
    errors: ['not_found', 'conflict'],
  },
  /** Puts a ticket on hold, or takes it from there. A message of its customer does that too. `conflict` if nobody has it, or it is closed. */
  hold_ticket: {
    payload: z.object({ ticket_id: Id, is_on_hold: z.boolean(), reason: z.optional(Reason) }),
    data: Ticket,
    errors: ['not_found', 'conflict'],
  },
  /**
   * Opens a closed ticket again: it goes to its line manager where they are online and have room, else to the end of the line.
   * Customers may within the workspace's `reopenDays`, and past them get `ticket_closed`. One that is open stays as it is.
   */
  reopen_ticket: {
    payload: z.object({ ticket_id: Id }),
    data: z.object({ ticket: Ticket, reopened_now: z.boolean() }),
    errors: ['not_found', 'ticket_closed'],
  },
  /** Says how it went; only the customer may, once the ticket has been closed. Rating it again replaces the rating. */
  rate_ticket: {
    payload: z.object({
      ticket_id: Id,
      score: z.int().check(z.minimum(1), z.maximum(5)),
      comment: z.optional(Text.check(z.maxLength(limits.comment_length))),
    }),
    data: Ticket,
    errors: ['not_found', 'conflict'],
  },
  /**
   * A ticket's conversation to keep, oldest first, a part at a time: repeat with `after: next` until `next` is null. `text`: a line a
   * message. `json`: a message a line, as JSON.
   */
  get_transcript: {
    payload: z.object({ ticket_id: Id, format: z.enum(['text', 'json']), after: z.optional(Count) }),
    data: z.object({ text: z.string(), next: z.nullable(Count) }),
    errors: ['not_found'],
  },
  /** Subscribes to a ticket's private notes, which agents and admins alone see and write, with `send_messages` to `notes:<ticket id>`. */
  join_notes: {
    payload: z.object({ ticket_id: Id, position: z.optional(Position), limit: z.optional(Limit) }),
    data: Page,
    errors: ['not_found', 'limit_reached'],
  },
  leave_notes: {
    payload: z.object({ ticket_id: Id }),
    data: z.object({ ticket_id: Id }),
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

/** Where a ticket's messages end now. */
export const TicketActivity = z.object({ ticket_id: Id, head: Head, last: z.nullable(Message) })
export type TicketActivity = z.infer<typeof TicketActivity>

export const ticketPushes = {
  /** New messages of tickets that the connection has got with their `details`, at most once a second. */
  ticket_activity: z.object({ tickets: z.array(TicketActivity) }),
  /** A ticket was opened. Sent to agents and admins. */
  new_ticket: z.object({ data: Ticket }),
  /**
   * A ticket was assigned, closed or changed otherwise: sent to agents, admins, its customer, and everybody who joined it. Or its waiting time
   * has moved: sent to its customer and everybody who joined it, and to agents and admins as far as 50 tickets a second.
   */
  ticket_updated: z.object({ data: Ticket }),
} as const satisfies PushDefs
export type TicketPushes = typeof ticketPushes
