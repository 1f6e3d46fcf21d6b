import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Cid, ClientTime, Count, Id, StoredId, StoredStreamName, StoredText, Text, Time } from './fields.ts'

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
  },
} as const satisfies RequestDefs
export type MessageRequests = typeof messageRequests
