import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Cid, ClientTime, Count, Id, StoredId, StoredStreamName, StoredText, Text, Time } from './fields.ts'

/** `text`: somebody wrote it. `closed`: a ticket was closed. */
export const MessageKind = z.enum(['text', 'closed'])

/** One message of a room or of a ticket's conversation. `message_data` is always a displayable text. */
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
  message_data: StoredText,
  author: StoredId,
  display_name: z.nullable(StoredId),
  reply_to: z.nullable(Id),
  created_at: Time,
  client_created_at: z.nullable(z.string()),
  /** Only messages of a ticket have `ticket_id` and `product`. */
  ticket_id: z.optional(Id),
  product: z.optional(StoredId),
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
