import type { Topic } from '../entities.ts'
import type { EditableList, LiveList } from '../live/live-list.ts'
import type { CachedThing } from '../live/live-thing.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import { oldestFirst } from '../live/orders.ts'
import { createPart } from '../live/part.ts'
import type { Wire } from '../requests/wire.ts'

/** All topics, oldest first. */
export function createTopicList(wire: Wire): EditableList<Topic> {
  return createLoadedList<Topic>(
    {
      ...oldestFirst,
      page: async () => ({ items: await wire.request.get_all_topics({}), hasMore: false }),
      watch: ({ put }) => wire.on.topic_changed(({ data }) => put(data)),
    },
    wire,
  )
}

/** One of them. */
export function createTopic(list: LiveList<Topic>, name: string): CachedThing<Topic> {
  return createPart(list, (topic) => topic.name === name, ['get_all_topics', `Topic ${name} does not exist`])
}
