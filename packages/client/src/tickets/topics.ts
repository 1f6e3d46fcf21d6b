import type { PayloadOf } from '@dowellchat/protocol'
import { topicName } from '@dowellchat/protocol/core'
import type { Topic } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { ifLoaded, once } from '../live/later-code.ts'
import { createLazyList, createLazyThing } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { create, type Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'
import type { Queue } from './queue-state.ts'
import { createTicketFeed, type TicketFeed } from './ticket-feed.ts'

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

/** What tickets can be about. */
export interface Topics {
  /** A topic by its name; `not_found` if there is none. It is one of `list`, which is loaded once for all topics. */
  readonly get: (name: string) => LiveThing<Topic>
  /** All topics of the workspace, oldest first. Agents and admins hear of new ones, others by `reload` and a reconnect. */
  readonly list: () => LiveList<Topic>
  /**
   * How long a ticket about a topic would wait if it was opened now, and whether anybody is there; kept current.
   *
   * @example
   * const { data } = client.topics.queue('billing').getSnapshot()
   * if (data && !data.isAvailable) show('We are away')
   */
  readonly queue: (name: string) => LiveThing<Queue>
  /** The same of all topics, by their names: of the first 50. */
  readonly queues: () => LiveThing<ReadonlyMap<string, Queue>>
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

export function createTopics(wire: Wire, feed: TicketFeed = createTicketFeed(wire.on)): Topics {
  const { connection, request } = wire
  const loaded = once(({ createTopicList }) => createTopicList(wire))
  const list = createLazyList(loaded, 'get_all_topics')
  const get = createCache((name: string, touch) =>
    createLazyThing(({ createTopic }) => createTopic(list, name), 'get_all_topics', touch),
  )
  const queue = createCache((product: string, touch) =>
    createLazyThing(({ createQueue }) => createQueue(wire, feed, { product }, touch), 'get_estimate', touch),
  )
  const queues = createLazyThing(({ createTopicQueues }) => createTopicQueues(list, queue), 'get_estimate')

  async function shown(answer: Promise<Topic>): Promise<Topic> {
    const topic = await answer
    ifLoaded(loaded)?.put(topic)
    return topic
  }

  return {
    get: (name) => get(topicName(name)),
    list: () => list,
    queue: (name) => queue(topicName(name)),
    queues: () => queues,
    create: ({ name, ...draft }) =>
      shown(create(connection, { ...draft, name: topicName(name) }, request.create_topic)),
    update: (name, changes) => shown(request.update_topic({ ...changes, name: topicName(name) })),
  }
}
