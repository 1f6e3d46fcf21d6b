import { topicName } from '@dowellchat/protocol/core'
import type { Topic } from '../entities.ts'
import { createLiveList, type LiveList } from '../live/live-list.ts'
import type { CreateOptions } from '../requests/creation.ts'
import type { Wire } from '../requests/wire.ts'
import { uuid } from '../uuid.ts'

/** What tickets can be about. */
export interface Topics {
  /** All topics of the workspace, oldest first; `reload` shows those that others have created since. */
  readonly list: () => LiveList<Topic>
  /** Creates a topic under the name's normalised form; admins only. Rejects with a `RequestError`: `conflict` if it exists. */
  readonly create: (name: string, options?: CreateOptions) => Promise<Topic>
}

export function createTopics(wire: Wire): Topics {
  const { request } = wire
  const list = createLiveList<Topic>({ load: () => request.get_all_topics({}) }, wire)
  return {
    list: () => list,
    async create(name, { cid = uuid() } = {}) {
      const topic = await request.create_topic({ name: topicName(name), cid })
      list.edit((topics) => (topics.some(({ _id }) => _id === topic._id) ? topics : [...topics, topic]))
      return topic
    },
  }
}
