import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Count, StoredId, StoredStreamName, StreamName, Time } from './fields.ts'

/** What a stream is to one of its readers: how far they have read, and how they keep it in their list. */
export const Reader = z.object({
  stream: StoredStreamName,
  /** They have read up to the message with this `nth`. */
  nth: Count,
  /** Messages of others after it, at most `limits.unread_counted`. */
  unread: Count,
  /** How many of these mention them. */
  mentions: Count,
  is_muted: z.boolean(),
  is_pinned: z.boolean(),
  is_archived: z.boolean(),
  /** Rises with every change of the fields above but `unread` and `mentions`. */
  version: Count,
})
export type Reader = z.infer<typeof Reader>

/** How far somebody has read. */
export const Receipt = z.object({ user_id: StoredId, nth: Count, read_at: Time })
export type Receipt = z.infer<typeof Receipt>

const Place = z.object({ stream: StreamName, nth: Count })

export const readerRequests = {
  /** The session's user has read up to the message with this `nth`. A mark only rises; one past the end is the end. One of 0 asks how far they are: who has no mark yet has read a room, and nothing of a ticket or a thread. */
  mark_read: { payload: Place, data: Reader, errors: ['not_found'] },
  /** The message with this `nth`, and all after it, count as unread again. */
  mark_unread: { payload: Place, data: Reader, errors: ['not_found'] },
  /**
   * Who has read how far, without the session's user and those who keep it to themselves: of a ticket, a direct room, and a
   * room of up to `limits.receipt_users` members. Of a larger room `count` alone: how many have read the message with `nth`
   * equal to `of`.
   */
  get_receipts: {
    payload: z.object({ stream: StreamName, of: z.optional(Count) }),
    data: z.object({ receipts: z.array(Receipt), count: z.nullable(Count) }),
    errors: ['not_found'],
  },
} as const satisfies RequestDefs
export type ReaderRequests = typeof readerRequests

export const readerPushes = {
  /**
   * What a stream is to the user has changed. Sent to all of the user's devices. `is_listed` says that an open room has just come
   * to their list, or left it.
   */
  reader_changed: z.object({ data: Reader, is_listed: z.optional(z.boolean()) }),
  /** Others have read further, in a stream that the connection has joined; at most once a second, and only where they are named. */
  receipts: z.object({ stream: StoredStreamName, receipts: z.array(Receipt) }),
} as const satisfies PushDefs
export type ReaderPushes = typeof readerPushes
