import { repeated } from '../creation.ts'
import { newTopicRow, toTopic } from '../fields/topics.ts'
import { notBuilt } from '../not-built.ts'
import type { TopicStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** The topics of each workspace. */
export function embeddedTopics(db: Database, report: Report): Sync<TopicStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.topics
  const select = `SELECT ${selected} FROM topics`
  const byCid = db.prepare<Stored>(`${select} WHERE cid = ? AND workspace_id = ? AND user_id = ?`)
  const byName = db.prepare<Stored>(`${select} WHERE workspace_id = ? AND name = ?`)
  const all = db.prepare<Stored>(`${select} WHERE workspace_id = ? ORDER BY n`)
  const count = db.prepare<{ count: number }>('SELECT count(*) AS count FROM topics WHERE workspace_id = ?')
  const insert = db.prepare(`INSERT INTO topics (workspace_id, ${inserted}) VALUES (?, ${marks})`)

  return {
    update: notBuilt,
    create(topic) {
      const { workspace_id, user_id, name, cid, fingerprint } = topic
      const known = byCid.get(cid, workspace_id, user_id)
      if (known) return repeated(toRow(known), fingerprint, toTopic)
      if (byName.get(workspace_id, name)) return { conflict: 'exists' }
      if (topic.most !== undefined && (count.get(workspace_id)?.count ?? 0) >= topic.most)
        return { conflict: 'limit' }
      const row = newTopicRow(topic)
      insert.run(workspace_id, ...valuesOf(row))
      return { created: true, row: toTopic(row) }
    },

    get(workspaceId, name) {
      const stored = byName.get(workspaceId, name)
      return stored ? toTopic(toRow(stored)) : null
    },

    list(workspaceId) {
      const from = { workspace_id: workspaceId, collection: 'topics', report }
      return readable(all.all(workspaceId), (stored) => toTopic(toRow(stored)), from)
    },
  }
}
