import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, ClientTime, Id, StoredId, Time, TopicName } from './fields.ts'

/** A subject for tickets. A ticket's `product` is the name of its topic. */
export const Topic = z.object({
  _id: Id,
  name: StoredId,
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
