import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, Count, Id, Limit, StoredId, StoredStreamName, StreamName, Time } from './fields.ts'
import { limits } from './limits.ts'
import { Page, Position } from './streams.ts'

/** A conversation about one message, in a stream of its own: `threadStream(_id)`. Who may read the message may read it. */
export const Thread = z.object({
  /** The id of the message. */
  _id: Id,
  /** The stream of the message, and its seq there. */
  parent: StoredStreamName,
  parent_seq: Count,
  /** How many messages it has. */
  count: Count,
  /** When its last message was sent; null while it has none. */
  last_at: z.nullable(Time),
  /** Who has written last, at most 3, the last one first. */
  last_authors: z.array(StoredId),
})
export type Thread = z.infer<typeof Thread>

export const threadRequests = {
  /** Makes a message's thread, or answers the one that there is. Threads of threads are not made. */
  start_thread: {
    payload: z.object({ stream: StreamName, seq: Count, message_id: Id, cid: Cid }),
    data: Thread,
    errors: ['not_found', 'conflict', 'ticket_closed'],
  },
  /** Subscribes to a thread, as `join` does to a room. */
  join_thread: {
    payload: z.object({ thread: Id, position: z.optional(Position), limit: z.optional(Limit) }),
    data: Page,
    errors: ['not_found', 'limit_reached'],
  },
  leave_thread: {
    payload: z.object({ thread: Id }),
    data: z.object({ thread: Id }),
  },
  /** Threads of one stream by the ids of their messages; those that are unknown are left out. */
  get_threads: {
    payload: z.object({
      stream: StreamName,
      threads: z.array(Id).check(z.minLength(1), z.maxLength(limits.threads)),
    }),
    data: z.object({ threads: z.array(Thread) }),
    errors: ['not_found'],
  },
} as const satisfies RequestDefs
export type ThreadRequests = typeof threadRequests

export const threadPushes = {
  /** A thread has new messages. Sent to those who have joined the stream of its message, at most once a second; it may be lost. */
  thread_updated: z.object({ data: Thread }),
} as const satisfies PushDefs
export type ThreadPushes = typeof threadPushes
