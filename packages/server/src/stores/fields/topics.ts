import type { Topic } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { ClientMade } from '../domains/rows.ts'
import type { NewTopic } from '../domains/topics.ts'
import { newId } from '../ids.ts'
import { added, clientMadeFields, type EntityFields, entityOf, inStore, json, orNull, text } from './field.ts'

/** A topic as every store keeps it. */
export interface TopicRow extends Topic, ClientMade {
  /** The user who made it. */
  readonly user_id: string
}

const noTargets: Topic['targets'] = { first_answer: null, solved: null }

export const topicFields: EntityFields<TopicRow, Topic> = {
  _id: text,
  name: text,
  title: orNull(text),
  strategy: added(text, 'least_loaded'),
  hours: orNull(json),
  away_text: orNull(text),
  targets: added(json, noTargets),
  created_at: text,
  client_created_at: orNull(text),
  user_id: inStore(text),
  ...clientMadeFields,
}

export const toTopic: (row: TopicRow) => Topic = entityOf<TopicRow, Topic>(topicFields)

export function newTopicRow({ user_id, name, client_created_at, cid, fingerprint }: NewTopic): TopicRow {
  const created_at = isoNow()
  const settings = {
    title: null,
    strategy: 'least_loaded',
    hours: null,
    away_text: null,
    targets: noTargets,
  } as const
  return { _id: newId(), name, ...settings, created_at, client_created_at, user_id, cid, fingerprint }
}
