import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { ErrorBody } from './errors.ts'
import {
  Cid,
  ClientTime,
  Count,
  Id,
  StoredId,
  StoredStreamName,
  StoredText,
  StreamName,
  Text,
  Time,
} from './fields.ts'
import { limits } from './limits.ts'

/** `text`: somebody wrote it. `closed`: a ticket was closed. `removed`: its text is gone, and its place is kept. */
export const MessageKind = z.enum(['text', 'closed', 'removed'])

/** Why a message was removed. `erased`: everything of its author was. `damaged`: the store could not read it any more. */
export const RemovalReason = z.enum(['deleted', 'erased', 'damaged'])
export type RemovalReason = z.infer<typeof RemovalReason>

/** One message of a room or of a ticket's conversation. */
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
  /** A displayable text; '' if the message is `removed`. */
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
  /** Only a `removed` message has it. */
  reason: z.optional(RemovalReason),
})
export type Message = z.infer<typeof Message>

/** One message of `send_messages`. */
export const OutgoingMessage = z.object({
  message_data: Text,
  reply_to: z.optional(Id),
  cid: Cid,
  client_created_at: z.optional(ClientTime),
})
export type OutgoingMessage = z.infer<typeof OutgoingMessage>

/** What became of one message of `send_messages`: the stored message, or why it failed. */
export const SendResult = z.union([z.object({ message: Message }), z.object({ error: ErrorBody })])
export type SendResult = z.infer<typeof SendResult>

export const messageRequests = {
  /** Sends a message to a room. The sender need not have joined it. */
  message_event: {
    payload: z.object({
      room_id: Id,
      message_data: Text,
      reply_to: z.optional(Id),
      cid: Cid,
      client_created_at: z.optional(ClientTime),
    }),
    data: Message,
    errors: ['not_found', 'conflict', 'queue_full'],
  },
  /**
   * Sends several messages to one room or ticket, in their order, each as `message_event` or `ticket_message_event` would.
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
