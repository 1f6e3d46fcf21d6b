import { type Topic, topicName } from '@dowellchat/protocol'
import { v7 as uuid } from 'uuid'
import type { Connection } from './connection.ts'
import { createLiveList, type LiveList } from './live-list.ts'
import type { RequestMethods } from './request.ts'

/** What tickets can be about. */
export interface Topics {
  /** All topics of the workspace, oldest first; those that others make are there after the next `reload`. */
  readonly list: LiveList<Topic>
  /** Makes a topic under the name's normalised form; admins only. Rejects with a `RequestError`: `conflict` where it exists. */
  readonly create: (name: string) => Promise<Topic>
}

export function createTopics(connection: Connection, request: RequestMethods): Topics {
  const list = createLiveList<Topic>({ load: () => request.get_all_topics({}) }, connection)
  return {
    list,
    async create(name) {
      const topic = await request.create_topic({ name: topicName(name), cid: uuid() })
      list.edit((topics) => (topics.some(({ _id }) => _id === topic._id) ? topics : [...topics, topic]))
      return topic
    },
  }
}
