import { repeated } from '../creation.ts'
import { newTopicRow, type TopicRow, toTopic } from '../fields/topics.ts'
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
  const write = db.prepare(
    'UPDATE topics SET title = ?, strategy = ?, hours = ?, away_text = ?, targets = ? WHERE workspace_id = ? AND name = ?',
  )
  const insert = db.prepare(`INSERT INTO topics (workspace_id, ${inserted}) VALUES (?, ${marks})`)

  return {
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

    update(workspaceId, name, change) {
      const stored = byName.get(workspaceId, name)
      if (!stored) return null
      const row: TopicRow = { ...toRow(stored), ...change }
      const { title, strategy, hours, away_text, targets } = row
      const texts = [title, strategy, hours && JSON.stringify(hours), away_text, JSON.stringify(targets)]
      write.run(...texts, workspaceId, name)
      return toTopic(row)
    },

    list(workspaceId) {
      const from = { workspace_id: workspaceId, collection: 'topics', report }
      return readable(all.all(workspaceId), (stored) => toTopic(toRow(stored)), from)
    },
  }
}
