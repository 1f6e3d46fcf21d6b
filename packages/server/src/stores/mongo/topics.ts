import type { Topic } from '@dowellchat/protocol'
import { newId } from '../ids.ts'
import type { ClientMade, Creation, TopicStore } from '../store.ts'
import { createNumbered } from './creating.ts'
import type { Database } from './database.ts'
import { type NumberedRow, numbersOf } from './numbers.ts'
import type { Declaration } from './rows.ts'
import { above } from './where.ts'

interface TopicRow extends Omit<Topic, '_id'>, ClientMade, NumberedRow {
  readonly user_id: string
}

const declaration: Declaration<TopicRow> = {
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'place', key: { workspace_id: 1, n: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, user_id: 1, cid: 1 }, unique: true },
    { name: 'name', key: { workspace_id: 1, name: 1 }, unique: true },
  ],
}

/** The topics of each workspace. */
export function mongoTopics(database: Database): TopicStore {
  const topics = database.rows('topics', declaration)
  const numbers = numbersOf(topics)

  return {
    async create({ workspace_id, user_id, name, client_created_at, cid, fingerprint }) {
      const made = { _id: newId(), name, created_at: new Date().toISOString(), client_created_at }
      const creation = await createNumbered(
        database,
        topics,
        numbers,
        workspace_id,
        { cid, fingerprint },
        {
          make: (n) => ({ ...made, workspace_id, n, user_id, cid, fingerprint }),
          byCid: () => topics.get({ workspace_id, user_id, cid }),
          byName: () => topics.get({ workspace_id, name }),
        },
      )
      return toTopicCreation(creation)
    },

    async get(workspace_id, name) {
      const row = await topics.get({ workspace_id, name })
      return row ? toTopic(row) : null
    },

    async list(workspace_id) {
      const rows = await topics.find({ workspace_id, n: above(0) }, { sort: { n: 1 } })
      return rows.map(toTopic)
    },
  }
}

function toTopicCreation(creation: Creation<TopicRow>): Creation<Topic> {
  return 'row' in creation ? { ...creation, row: toTopic(creation.row) } : creation
}

function toTopic({ _id, name, created_at, client_created_at }: TopicRow): Topic {
  return { _id, name, created_at, client_created_at }
}
