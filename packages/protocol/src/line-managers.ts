import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, ClientTime, Count, Id, StoredId, Time } from './fields.ts'

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
  is_active: z.boolean(),
  created_at: Time,
  client_created_at: z.nullable(z.string()),
})
export type LineManager = z.infer<typeof LineManager>

export const lineManagerRequests = {
  /** Makes a user a line manager, who immediately gets waiting tickets, oldest first. Admins only. `conflict` if the user is one already. */
  create_line_manager: {
    payload: z.object({
      user_id: Id,
      positions_in_a_line: Rank,
      average_serving_time: Minutes,
      capacity: z.optional(z.nullable(Capacity)),
      cid: Cid,
      client_created_at: z.optional(ClientTime),
    }),
    data: LineManager,
    errors: ['conflict', 'limit_reached'],
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
} as const satisfies PushDefs
export type LineManagerPushes = typeof lineManagerPushes
