import * as z from 'zod/mini'
import { Attachment, OutgoingAttachment } from './attachments.ts'
import type { RequestDefs } from './define.ts'
import { ErrorBody } from './errors.ts'
import {
  Cid,
  ClientTime,
  Count,
  Id,
  Metadata,
  StoredId,
  StoredStreamName,
  StoredText,
  StreamName,
  TextOrNone,
  Time,
} from './fields.ts'
import { limits } from './limits.ts'

/**
 * `text`: somebody wrote it. `removed`: its text is gone, and its place is kept. The others say what happened to a ticket, `fact` says
 * more of it, and the message's text says it to people.
 */
export const MessageKind = z.enum([
  'text',
  'removed',
  'closed',
  'assigned',
  'transferred',
  'handed_back',
  'held',
  'resumed',
  'reopened',
  'rated',
  'called',
])

/** What happened to a ticket, beside the message's kind and author. */
export const TicketFact = z.object({
  /** Who has the ticket then. */
  line_manager: z.optional(z.nullable(StoredId)),
  /** Who had it before. */
  from: z.optional(z.nullable(StoredId)),
  /** The topic that it went to. */
  product: z.optional(StoredId),
  reason: z.optional(StoredText),
  score: z.optional(Count),
  /** Of a call: its id, and how long people talked; null if nobody answered. */
  call_id: z.optional(Id),
  duration_ms: z.optional(z.nullable(Count)),
})
export type TicketFact = z.infer<typeof TicketFact>

/** Why a message was removed. `erased`: everything of its author was. `damaged`: the store could not read it any more. */
export const RemovalReason = z.enum(['deleted', 'erased', 'damaged'])
export type RemovalReason = z.infer<typeof RemovalReason>

/** A part of a text that names somebody: from `start` up to `end`, in UTF-16 code units as JavaScript's `slice` counts them. */
export const Mention = z.object({ user_id: StoredId, start: Count, end: Count })
export type Mention = z.infer<typeof Mention>

/** The short form of the message that a reply answers, as it was then. It is gone once that message is removed. */
export const Quote = z.object({
  _id: Id,
  seq: Count,
  nth: Count,
  author: z.nullable(StoredId),
  display_name: z.nullable(StoredId),
  /** At most `limits.quote_length` code points. */
  message_data: StoredText,
})
export type Quote = z.infer<typeof Quote>

/** How many people have reacted to a message in one way, and the first of them: at most `limits.reaction_users`. */
export const Reaction = z.object({ reaction: StoredId, count: Count, user_ids: z.array(StoredId) })
export type Reaction = z.infer<typeof Reaction>

/** One message of a room, of a ticket's conversation or of a thread. */
export const Message = z.object({
  _id: Id,
  stream: StoredStreamName,
  /** The entry's number in its stream: 1, 2, 3 … without gaps. */
  seq: Count,
  /** The message's number among its stream's messages. Equals `seq` while messages are the only entries. */
  nth: Count,
  type: z.literal('message'),
  kind: MessageKind,
  /** Lets the sender recognize its own message. A fact's cid is derived from what it reports. */
  cid: z.string(),
  /** A displayable text; '' if the message is `removed`, or has files alone. */
  message_data: StoredText,
  /** Null if the message is `erased` or `damaged`. */
  author: z.nullable(StoredId),
  display_name: z.nullable(StoredId),
  reply_to: z.nullable(Id),
  created_at: Time,
  client_created_at: z.nullable(z.string()),
  /** Only messages of a ticket have `ticket_id` and `product`. */
  ticket_id: z.optional(Id),
  product: z.optional(StoredId),
  /** Only messages that say what happened to a ticket have it. */
  fact: z.optional(TicketFact),
  /** Only a `removed` message has it. */
  reason: z.optional(RemovalReason),
  /** The people whom the text mentions, in the order of their places. */
  mentions: z.optional(z.array(Mention)),
  /** The team's own data about it. */
  metadata: z.optional(Metadata),
  /** Its files, in the order in which the sender named them. */
  attachments: z.optional(z.array(Attachment)),
  /** What `reply_to` answers. */
  quote: z.optional(Quote),
  /** The `seq` of the last entry that has changed it; left out while none has. */
  version: z.optional(Count),
  edited_at: z.optional(Time),
  /** In the order in which they were first given; at most `limits.reactions`. */
  reactions: z.optional(z.array(Reaction)),
  pinned_at: z.optional(Time),
  pinned_by: z.optional(StoredId),
  /** Whether it has a thread, whose name is `threadStream(_id)`. */
  has_thread: z.optional(z.boolean()),
})
export type Message = z.infer<typeof Message>

/** What a sender says of a message; `saysSomething` checks that it is not empty. */
export const messageContent = {
  message_data: TextOrNone,
  /** The id of a message of the same stream. */
  reply_to: z.optional(Id),
  /** The `seq` of the message that it answers, by which it is found. */
  reply_seq: z.optional(Count),
  mentions: z.optional(
    z.array(z.object({ user_id: Id, start: Count, end: Count })).check(z.maxLength(limits.mentions)),
  ),
  metadata: z.optional(Metadata),
  attachments: z.optional(z.array(OutgoingAttachment).check(z.minLength(1), z.maxLength(limits.attachments))),
  cid: Cid,
  client_created_at: z.optional(ClientTime),
} as const

interface Content {
  readonly message_data: string
  readonly attachments?: readonly unknown[] | undefined
}

/** Whether a message has a text, or files. */
export const saysSomething = z.check<Content>(({ value, issues }) => {
  if (value.message_data !== '' || value.attachments !== undefined) return
  issues.push({
    code: 'custom',
    message: 'expected a text that is not empty',
    path: ['message_data'],
    input: value,
  })
})

/** One message of `send_messages`. */
export const OutgoingMessage = z.object(messageContent).check(saysSomething)
export type OutgoingMessage = z.infer<typeof OutgoingMessage>

/** What became of one message of `send_messages`: the stored message, or why it failed. */
export const SendResult = z.union([z.object({ message: Message }), z.object({ error: ErrorBody })])
export type SendResult = z.infer<typeof SendResult>

export const messageRequests = {
  /** Sends a message to a room. The sender need not have joined it. */
  message_event: {
    payload: z.object({ room_id: Id, ...messageContent }).check(saysSomething),
    data: Message,
    errors: ['not_found', 'conflict', 'queue_full'],
  },
  /**
   * Sends several messages to one room, ticket or thread, in their order, each as `message_event` or `ticket_message_event` would.
   * Answers one result per message, in the same order: a message that fails does not keep the others back. What concerns
   * all of them, such as a room that does not exist, fails the request.
   */
  send_messages: {
    payload: z.object({
      stream: StreamName,
      messages: z.array(OutgoingMessage).check(z.minLength(1), z.maxLength(limits.messages_at_once)),
    }),
    data: z.object({ results: z.array(SendResult) }),
    errors: ['not_found', 'conflict', 'ticket_closed', 'queue_full'],
  },
} as const satisfies RequestDefs
export type MessageRequests = typeof messageRequests
