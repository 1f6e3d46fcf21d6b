import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, ClientTime, Id, StoredId, StoredText, Text, Time, TopicName, withProblem } from './fields.ts'
import { limits } from './limits.ts'
import { hoursProblem } from './rules/business-hours.ts'

const Minutes = z.int().check(z.minimum(1), z.maximum(525_600))
const MinuteOfDay = z.int().check(z.minimum(0), z.maximum(1_440))

/** When a topic's people work, in a time zone of their own. */
export const BusinessHours = z.object({
  /** An IANA name, such as `Europe/Berlin`. */
  time_zone: StoredId,
  /** Each opening, from and until a minute of its day; days count from 0, Sunday. None on a day: closed. */
  openings: z
    .array(
      z.object({ day: z.int().check(z.minimum(0), z.maximum(6)), from: MinuteOfDay, until: MinuteOfDay }),
    )
    .check(z.maxLength(50)),
})
export type BusinessHours = z.infer<typeof BusinessHours>

/** Who gets a ticket among those who have room. `least_loaded`: who has the fewest. `longest_idle`: who has waited longest for one. `round_robin`: each in turn. */
export const Strategy = z.enum(['least_loaded', 'longest_idle', 'round_robin'])
export type Strategy = z.infer<typeof Strategy>

/** What a topic promises: minutes from a ticket's opening, counted in business hours. Null: nothing. */
export const Targets = z.object({ first_answer: z.nullable(Minutes), solved: z.nullable(Minutes) })
export type Targets = z.infer<typeof Targets>

/** A subject for tickets. A ticket's `product` is the name of its topic. */
export const Topic = z.object({
  _id: Id,
  name: StoredId,
  /** What people read; null: made of the name. */
  title: z.nullable(StoredText),
  strategy: Strategy,
  /** Null: always. */
  hours: z.nullable(BusinessHours),
  /** What customers read while it is closed, or nobody is online. */
  away_text: z.nullable(StoredText),
  targets: Targets,
  created_at: Time,
  client_created_at: z.nullable(z.string()),
})
export type Topic = z.infer<typeof Topic>

export const topicRequests = {
  /** Creates a topic. Admins only. `conflict` if the name exists. */
  create_topic: {
    payload: z.object({ name: TopicName, cid: Cid, client_created_at: z.optional(ClientTime) }),
    data: Topic,
    errors: ['conflict', 'limit_reached'],
  },
  /** Changes what is named. Admins only. */
  update_topic: {
    payload: z.object({
      name: TopicName,
      title: z.optional(z.nullable(Id)),
      strategy: z.optional(Strategy),
      hours: z.optional(z.nullable(BusinessHours.check(withProblem(hoursProblem)))),
      away_text: z.optional(z.nullable(Text.check(z.maxLength(limits.comment_length)))),
      targets: z.optional(Targets),
    }),
    data: Topic,
    errors: ['not_found'],
  },
  /** All topics of the workspace, oldest first. */
  get_all_topics: {
    payload: z.object({}),
    data: z.array(Topic),
  },
} as const satisfies RequestDefs
export type TopicRequests = typeof topicRequests

export const topicPushes = {
  /** A topic was created or has changed. Sent to agents and admins. */
  topic_changed: z.object({ data: Topic }),
} as const satisfies PushDefs
export type TopicPushes = typeof topicPushes
