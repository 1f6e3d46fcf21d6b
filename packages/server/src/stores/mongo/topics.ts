import type { Topic } from '@dowellchat/protocol'
import { newTopicRow, type TopicRow, topicFields, toTopic } from '../fields/topics.ts'
import type { Creation, TopicStore } from '../store.ts'
import { createNumbered } from './creating.ts'
import type { Database } from './database.ts'
import { type NumberedRow, numberedFields, numbersOf } from './numbers.ts'
import type { Declaration, Rows } from './rows.ts'
import { above } from './where.ts'

export type TopicDocument = TopicRow & NumberedRow

const declaration: Declaration<TopicDocument> = {
  fields: { ...topicFields, ...numberedFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'place', key: { workspace_id: 1, n: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, user_id: 1, cid: 1 }, unique: true },
    { name: 'name', key: { workspace_id: 1, name: 1 }, unique: true },
  ],
}

/** The topics' documents. */
export function topicRows(database: Database): Rows<TopicDocument> {
  return database.rows('topics', declaration)
}

/** The topics of each workspace. */
export function mongoTopics(database: Database, topics: Rows<TopicDocument>): TopicStore {
  const numbers = numbersOf(topics)

  return {
    async create(topic) {
      const { workspace_id, user_id, name, cid } = topic
      const row = newTopicRow(topic)
      const creation = await createNumbered(database, topics, numbers, workspace_id, row, {
        make: (n) => ({ ...row, workspace_id, n }),
        byCid: () => topics.get({ workspace_id, user_id, cid }),
        byName: () => topics.get({ workspace_id, name }),
        most: topic.most,
      })
      return toTopicCreation(creation)
    },

    async get(workspace_id, name) {
      const row = await topics.get({ workspace_id, name })
      return row ? toTopic(row) : null
    },

    async update(workspace_id, name, change) {
      const isEmpty = Object.keys(change).length === 0
      const row = isEmpty
        ? await topics.get({ workspace_id, name })
        : await topics.changeAndRead({ workspace_id, name }, { $set: change })
      return row ? toTopic(row) : null
    },

    async list(workspace_id) {
      const rows = await topics.find({ workspace_id, n: above(0) }, { sort: { n: 1 } })
      return rows.map(toTopic)
    },
  }
}

function toTopicCreation(creation: Creation<TopicDocument>): Creation<Topic> {
  return 'row' in creation ? { ...creation, row: toTopic(creation.row) } : creation
}
