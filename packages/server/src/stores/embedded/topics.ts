import type { Topic } from '@dowellchat/protocol'
import { repeated } from '../creation.ts'
import { newId } from '../ids.ts'
import type { TopicStore } from '../store.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'

interface TopicRow {
  readonly id: string
  readonly name: string
  readonly created_at: string
  readonly client_created_at: string | null
  readonly fingerprint: string
}

/** The topics of each workspace. */
export function embeddedTopics(db: Database): Sync<TopicStore> {
  const select = 'SELECT id, name, created_at, client_created_at, fingerprint FROM topics'
  const byCid = db.prepare<TopicRow>(`${select} WHERE cid = ? AND workspace_id = ? AND user_id = ?`)
  const byName = db.prepare<TopicRow>(`${select} WHERE workspace_id = ? AND name = ?`)
  const all = db.prepare<TopicRow>(`${select} WHERE workspace_id = ? ORDER BY n`)
  const insert = db.prepare(
    `INSERT INTO topics (workspace_id, id, name, created_at, client_created_at, user_id, cid, fingerprint)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )

  return {
    create({ workspace_id, user_id, name, client_created_at, cid, fingerprint }) {
      const known = byCid.get(cid, workspace_id, user_id)
      if (known) return repeated(known, fingerprint, toTopic)
      if (byName.get(workspace_id, name)) return { conflict: 'exists' }
      const topic: Topic = { _id: newId(), name, created_at: new Date().toISOString(), client_created_at }
      insert.run(
        workspace_id,
        topic._id,
        name,
        topic.created_at,
        client_created_at,
        user_id,
        cid,
        fingerprint,
      )
      return { created: true, row: topic }
    },

    get(workspaceId, name) {
      const row = byName.get(workspaceId, name)
      return row ? toTopic(row) : null
    },

    list(workspaceId) {
      return all.all(workspaceId).map(toTopic)
    },
  }
}

function toTopic({ id, name, created_at, client_created_at }: TopicRow): Topic {
  return { _id: id, name, created_at, client_created_at }
}
