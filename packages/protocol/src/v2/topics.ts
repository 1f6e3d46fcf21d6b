import * as z from 'zod/mini'
import { topicName } from '../rules/topic-name.ts'
import { type Topic, type TopicRequests, topicRequests } from '../topics.ts'
import { clientTime, failed, Ignored, type V2Defs, V2Id, V2Session, v2 } from './define.ts'

/** A topic as V2 clients know it. */
export function v2Topic({ _id, name, created_at }: Topic) {
  return { _id, name, created_at }
}

export const v2TopicRequests = {
  create_topic: v2(topicRequests.create_topic, {
    payload: z.extend(V2Session, { name: V2Id, created_at: Ignored }),
    keyed: true,
    event: 'setting_response',
    operation: 'create_topic',
    toCurrent: ({ name, created_at }, { cid }) => ({
      name: topicName(String(name)),
      cid,
      client_created_at: clientTime(created_at),
    }),
    fromCurrent: v2Topic,
  }),
  get_all_topics: v2(topicRequests.get_all_topics, {
    payload: V2Session,
    keyed: true,
    event: 'setting_response',
    operation: 'get_all_topics',
    toCurrent: () => ({}),
    fromCurrent: (topics) => (topics.length ? topics.map(v2Topic) : failed('No topics yet')),
    subscribes: () => 'announcements',
  }),
} as const satisfies V2Defs<TopicRequests>
