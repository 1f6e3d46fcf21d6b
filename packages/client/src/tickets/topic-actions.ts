import type { PayloadOf } from '@dowellchat/protocol'
import { topicName } from '@dowellchat/protocol/core'
import type { Topic } from '../entities.ts'
import type { EditableList } from '../live/live-list.ts'
import { create, type Draft } from '../requests/creating.ts'
import { shownUnlessPushed } from '../requests/unless-pushed.ts'
import type { Wire } from '../requests/wire.ts'

/**
 * A new topic, under its name's normalised form. One `cid` makes one topic: creating with it again is no `conflict`.
 *
 * @example
 * const draft: TopicDraft = { name: 'billing' }
 */
export interface TopicDraft extends Draft<'create_topic'> {}

/**
 * Changes to a topic. What is left out stays as it is; null removes it.
 *
 * @example
 * const changes: TopicChanges = {
 *   title: 'Invoices',
 *   hours: { time_zone: 'Europe/Berlin', openings: [{ day: 1, from: 9 * 60, until: 17 * 60 }] },
 *   targets: { first_answer: 10, solved: 480 },
 * }
 */
export interface TopicChanges extends Omit<PayloadOf<'update_topic'>, 'name'> {}

/** What changes topics. */
export interface TopicActions {
  /**
   * Creates a topic; admins only. Rejects with a `RequestError`: `conflict` if it exists.
   *
   * @example
   * await client.topics.create({ name: 'billing' })
   */
  readonly create: (draft: TopicDraft) => Promise<Topic>
  /**
   * Changes what is given of a topic; admins only. Rejects with a `RequestError`.
   *
   * @example
   * await client.topics.update('billing', { away_text: 'We are back on Monday.' })
   */
  readonly update: (name: string, changes: TopicChanges) => Promise<Topic>
}

export function createTopicActions(
  { connection, request, on }: Wire,
  list: EditableList<Topic>,
): TopicActions {
  const shown = (answer: Promise<Topic>): Promise<Topic> =>
    shownUnlessPushed(answer, on.topic_changed, list.put)

  return {
    create: ({ name, ...draft }) =>
      shown(create(connection, { ...draft, name: topicName(name) }, request.create_topic)),
    update: (name, changes) => shown(request.update_topic({ ...changes, name: topicName(name) })),
  }
}
