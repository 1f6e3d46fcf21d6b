import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, ClientTime, Count, Id, StoredId, Time, TopicName } from './fields.ts'
import { limits } from './limits.ts'
import { Availability } from './presence.ts'

const Rank = z.int().check(z.minimum(0), z.maximum(1_000_000))
const Minutes = z.number().check(z.minimum(0), z.maximum(1_000_000))
const Capacity = z.int().check(z.minimum(1), z.maximum(1_000_000))

/** A support agent who takes tickets. */
export const LineManager = z.object({
  _id: Id,
  user_id: StoredId,
  /** The agent's rank: between two with equally many open tickets, the lower number gets the next ticket. */
  positions_in_a_line: Rank,
  /** Minutes that one ticket takes. */
  average_serving_time: Minutes,
  /** The largest number of open tickets at a time; null for no limit. */
  capacity: z.nullable(Capacity),
  /** The number of open tickets, counted when read and never stored. */
  ticket_count: Count,
  /** Whether they get tickets at all: false after `merge_line`, and while an admin has paused them. */
  is_active: z.boolean(),
  /** Whether they are there for tickets: connected, and have not said otherwise. */
  availability: Availability,
  /** Counts as online whether connected or not, as V2's line managers do, until they connect with an identity or choose. */
  is_unmanaged: z.boolean(),
  /** The topics whose tickets they get; null for all. */
  topics: z.nullable(z.array(StoredId)),
  created_at: Time,
  client_created_at: z.nullable(z.string()),
})
export type LineManager = z.infer<typeof LineManager>

export const lineManagerRequests = {
  /**
   * Makes a user a line manager. Once they are online, they get waiting tickets, oldest first. With `is_unmanaged` they count as online until
   * they connect with an identity or choose, as those do whom V2's pages make. Admins only. `conflict` if the user is one already.
   */
  create_line_manager: {
    payload: z.object({
      user_id: Id,
      positions_in_a_line: Rank,
      average_serving_time: Minutes,
      capacity: z.optional(z.nullable(Capacity)),
      is_unmanaged: z.optional(z.boolean()),
      cid: Cid,
      client_created_at: z.optional(ClientTime),
    }),
    data: LineManager,
    errors: ['conflict', 'limit_reached'],
  },
  /** Changes what is named. Admins only. Whoever gets room or topics by it gets waiting tickets at once. */
  update_line_manager: {
    payload: z.object({
      user_id: Id,
      positions_in_a_line: z.optional(Rank),
      average_serving_time: z.optional(Minutes),
      capacity: z.optional(z.nullable(Capacity)),
      topics: z.optional(z.nullable(z.array(TopicName).check(z.maxLength(limits.served_topics)))),
      is_active: z.optional(z.boolean()),
    }),
    data: LineManager,
    errors: ['not_found'],
  },
  /** Ends that a user is a line manager; their open tickets go back to the line, at their places. Admins only. */
  remove_line_manager: {
    payload: z.object({ user_id: Id }),
    data: z.object({ user_id: StoredId, tickets: Count }),
    errors: ['not_found'],
  },
  /** Says whether the session's user, a line manager, takes tickets. `offline` gives back those that they have not answered. */
  set_line_availability: {
    payload: z.object({ availability: Availability }),
    data: LineManager,
    errors: ['not_found'],
  },
  /** Gives the open tickets of one line manager to another, those of one topic or all; without a topic the first becomes inactive. */
  merge_line: {
    payload: z.object({ from: Id, to: Id, product: z.optional(TopicName) }),
    data: z.object({ tickets: Count }),
    errors: ['not_found', 'conflict'],
  },
  /** Gives every second open ticket of `to` to `from`, who becomes active: undoes `merge_line`. */
  split_line: {
    payload: z.object({ from: Id, to: Id, product: z.optional(TopicName) }),
    data: z.object({ tickets: Count }),
    errors: ['not_found', 'conflict'],
  },
  /** All line managers of the workspace, lowest `positions_in_a_line` first. */
  get_all_line_managers: {
    payload: z.object({}),
    data: z.array(LineManager),
  },
} as const satisfies RequestDefs
export type LineManagerRequests = typeof lineManagerRequests

export const lineManagerPushes = {
  /** A line manager was created or has changed, in more than the `ticket_count`. Sent to agents and admins. */
  line_manager_changed: z.object({ data: LineManager }),
  /** Somebody is no line manager any more. Sent to agents and admins. */
  line_manager_removed: z.object({ user_id: StoredId }),
} as const satisfies PushDefs
export type LineManagerPushes = typeof lineManagerPushes
