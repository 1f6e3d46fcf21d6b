import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Cid, ClientTime, Count, Id, Time } from './fields.ts'

const Position = z.int().check(z.minimum(0), z.maximum(1_000_000))
const Minutes = z.number().check(z.minimum(0), z.maximum(1_000_000))
const Capacity = z.int().check(z.minimum(1), z.maximum(1_000_000))

/** A support agent who takes tickets. */
export const LineManager = z.object({
  _id: Id,
  user_id: Id,
  /** The agent's rank: of two with equally many open tickets the lower position is given the next one. */
  positions_in_a_line: Position,
  /** Minutes that one ticket takes. */
  average_serving_time: Minutes,
  /** How many open tickets they may have at a time; null for any number. */
  capacity: z.nullable(Capacity),
  /** How many open tickets they have: counted, never stored. */
  ticket_count: Count,
  is_active: z.boolean(),
  created_at: Time,
  client_created_at: z.nullable(z.string()),
})
export type LineManager = z.infer<typeof LineManager>

export const lineManagerRequests = {
  /** Makes a line manager, who takes waiting tickets at once, oldest first; admins only. A `user_id` that is one already is a `conflict`. */
  create_line_manager: {
    payload: z.object({
      user_id: Id,
      positions_in_a_line: Position,
      average_serving_time: Minutes,
      capacity: z.optional(z.nullable(Capacity)),
      cid: Cid,
      client_created_at: z.optional(ClientTime),
    }),
    data: LineManager,
  },
  /** All line managers of the workspace, lowest position first. */
  get_all_line_managers: {
    payload: z.object({}),
    data: z.array(LineManager),
  },
} as const satisfies RequestDefs
export type LineManagerRequests = typeof lineManagerRequests
