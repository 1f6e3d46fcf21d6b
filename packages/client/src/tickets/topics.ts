import { topicName } from '@dowellchat/protocol/core'
import type { Topic } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { ifLoaded, once } from '../live/later-code.ts'
import { createLazyList, createLazyThing } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { create, type Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'

/**
 * A new topic, under its name's normalised form. One `cid` makes one topic: creating with it again is no `conflict`.
 *
 * @example
 * const draft: TopicDraft = { name: 'billing' }
 */
export interface TopicDraft extends Draft<'create_topic'> {}

/** What tickets can be about. */
export interface Topics {
  /** A topic by its name; `not_found` if there is none. It is one of `list`, which is loaded once for all topics. */
  readonly get: (name: string) => LiveThing<Topic>
  /** All topics of the workspace, oldest first. Agents and admins hear of new ones, others by `reload` and a reconnect. */
  readonly list: () => LiveList<Topic>
  /**
   * Creates a topic; admins only. Rejects with a `RequestError`: `conflict` if it exists.
   *
   * @example
   * await client.topics.create({ name: 'billing' })
   */
  readonly create: (draft: TopicDraft) => Promise<Topic>
}

export function createTopics(wire: Wire): Topics {
  const { connection, request } = wire
  const loaded = once(({ createTopicList }) => createTopicList(wire))
  const list = createLazyList(loaded, 'get_all_topics')
  const get = createCache((name: string, touch) =>
    createLazyThing(({ createTopic }) => createTopic(list, name), 'get_all_topics', touch),
  )
  return {
    get: (name) => get(topicName(name)),
    list: () => list,
    async create({ name, ...draft }) {
      const topic = await create(connection, { ...draft, name: topicName(name) }, request.create_topic)
      ifLoaded(loaded)?.put(topic)
      return topic
    },
  }
}
