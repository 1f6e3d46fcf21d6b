import type { Topic } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { ClientMade } from '../domains/rows.ts'
import type { NewTopic } from '../domains/topics.ts'
import { newId } from '../ids.ts'
import { clientMadeFields, type EntityFields, entityOf, inStore, orNull, text } from './field.ts'

/** A topic as every store keeps it. */
export interface TopicRow extends Topic, ClientMade {
  /** The user who made it. */
  readonly user_id: string
}

export const topicFields: EntityFields<TopicRow, Topic> = {
  _id: text,
  name: text,
  created_at: text,
  client_created_at: orNull(text),
  user_id: inStore(text),
  ...clientMadeFields,
}

export const toTopic: (row: TopicRow) => Topic = entityOf<TopicRow, Topic>(topicFields)

export function newTopicRow({ user_id, name, client_created_at, cid, fingerprint }: NewTopic): TopicRow {
  const created_at = isoNow()
  return { _id: newId(), name, created_at, client_created_at, user_id, cid, fingerprint }
}
