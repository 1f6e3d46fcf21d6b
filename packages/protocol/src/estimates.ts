import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Count, Id, StoredId, Time, TopicName } from './fields.ts'
import { limits } from './limits.ts'

/** `topic:` or `manager:`, and the name of the one or the id of the other. */
const LineName = z.string().check(z.minLength(1), z.maxLength('manager:'.length + limits.id_length))

/** How fast a line moves: what `estimateWait` needs beside a place in it. */
export const LineSpeed = z.object({
  /** Line managers who are there and serve it. */
  managers_online: Count,
  /** How many tickets they could begin with at once. */
  free: Count,
  /** Tickets that they finish in an hour, all together. */
  per_hour: z.number(),
  /** How uneven their times for a ticket are: the standard deviation divided by the mean. */
  variation: z.number(),
  /** `observed`: from what was closed lately. `configured`: from `average_serving_time`, until enough was closed. */
  basis: z.enum(['observed', 'configured']),
})
export type LineSpeed = z.infer<typeof LineSpeed>

/** Why nobody can say how long it takes. */
export const UnknownReason = z.enum(['nobody_online', 'closed_hours', 'on_hold'])
export type UnknownReason = z.infer<typeof UnknownReason>

/** A place in a line, and how long it takes from there. */
export const WaitingEstimate = z.object({
  /** The topic. */
  product: StoredId,
  /** Null where it is about a ticket that is not opened yet. */
  ticket_id: z.nullable(Id),
  /** Names the line, as `line_moved` does. */
  line: LineName,
  /** Where the ticket stands: it is before all whose `order` is greater, as texts are compared. */
  order: StoredId,
  /** 1 for the first. */
  position: Count,
  /** Tickets before it; 1,000 stands for more. */
  ahead: Count,
  speed: LineSpeed,
  /** Minutes; eight or nine of ten wait between `low` and `high`, `middle` on average. All three are null where `reason` says why. */
  low: z.nullable(z.number()),
  middle: z.nullable(z.number()),
  high: z.nullable(z.number()),
  reason: z.nullable(UnknownReason),
  /** When the topic's people work again, where `reason` is `closed_hours`. */
  opens_at: z.nullable(Time),
  computed_at: Time,
})
export type WaitingEstimate = z.infer<typeof WaitingEstimate>

export const estimateRequests = {
  /**
   * How long a ticket waits for somebody, or would if it was opened now. Its line's `line_moved` is sent to the connection from then
   * on; of the last 20 lines that it has asked for. `conflict` if it is answered or closed.
   */
  get_estimate: {
    payload: z.union([z.object({ ticket_id: Id }), z.object({ product: TopicName })]),
    data: WaitingEstimate,
    errors: ['not_found', 'conflict', 'limit_reached'],
  },
} as const satisfies RequestDefs
export type EstimateRequests = typeof estimateRequests

export const estimatePushes = {
  /**
   * A line has moved, told within a second. Whoever has a ticket in it with a greater `order` counts one less before it for each of `left`,
   * and one more for each of `joined`; frames up to the `computed_at` of one's estimate are in it already. `is_incomplete`: more has
   * happened than is said; ask with `get_estimate`.
   */
  line_moved: z.object({
    line: LineName,
    left: z.array(StoredId),
    joined: z.array(StoredId),
    is_incomplete: z.boolean(),
    speed: LineSpeed,
    reason: z.nullable(UnknownReason),
    computed_at: Time,
  }),
} as const satisfies PushDefs
export type EstimatePushes = typeof estimatePushes
