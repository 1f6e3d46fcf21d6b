import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Cid, ClientTime, Count, Id, Name, StreamName, Text, Time, TopicName } from './fields.ts'

/** What a message is: what somebody wrote, or that a ticket was closed. */
export const MessageKind = z.enum(['text', 'closed'])

/** One message of a room or of a ticket's conversation. `message_data` is always a displayable text. */
export const Message = z.object({
  _id: Id,
  stream: StreamName,
  /** The entry's place in its stream: 1, 2, 3 … without holes. */
  seq: Count,
  /** How many messages the stream has up to this one. */
  nth: Count,
  type: z.literal('message'),
  kind: MessageKind,
  /** Tells the sender its own message; that of a fact is made from what it reports. */
  cid: z.string(),
  message_data: Text,
  author: Id,
  display_name: z.nullable(Name),
  reply_to: z.nullable(Id),
  created_at: Time,
  client_created_at: z.nullable(z.string()),
  /** A ticket's messages alone have these two. */
  ticket_id: z.optional(Id),
  product: z.optional(TopicName),
})
export type Message = z.infer<typeof Message>

export const messageRequests = {
  /** Sends a message to a room; membership is not needed in an open one. */
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
