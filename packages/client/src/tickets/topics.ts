import { topicName } from '@dowellchat/protocol/core'
import type { Topic } from '../entities.ts'
import { once } from '../live/later-code.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazyList, createLazyThing, createLazyThings } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { Wire } from '../requests/wire.ts'
import type { Queue } from './queue-state.ts'
import { createTicketFeed, type TicketFeed } from './ticket-feed.ts'
import type { TopicActions } from './topic-actions.ts'

/** What tickets can be about. */
export interface Topics extends TopicActions {
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
}

export function createTopics(wire: Wire, feed: TicketFeed = createTicketFeed(wire.on)): Topics {
  const loaded = once(({ createTopicList }) => createTopicList(wire))
  const list = createLazyList(loaded, 'get_all_topics')
  const get = createLazyThings(({ createTopic }, name) => createTopic(list, name), 'get_all_topics')
  const queue = createLazyThings(
    ({ createQueue }, product, touch) => createQueue(wire, feed, { product }, touch),
    'get_estimate',
  )
  const queues = createLazyThing(({ createTopicQueues }) => createTopicQueues(list, queue), 'get_estimate')

  return {
    get: (name) => get(topicName(name)),
    list: () => list,
    queue: (name) => queue(topicName(name)),
    queues: () => queues,
    ...laterMethods<TopicActions>(
      ['create', 'update'],
      (things) => things.createTopicActions(wire, loaded(things)),
      'update_topic',
    ),
  }
}
