import type { LineManager } from '@dowellchat/protocol'
import { repeated } from '../creation.ts'
import { type LineManagerRow, newLineManagerRow, toLineManager } from '../fields/line-managers.ts'
import { notBuilt } from '../not-built.ts'
import type { LineManagerStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

type Counted = Stored & { readonly ticket_count: number }

/** The line managers of each workspace, their tickets counted by the writes of these. */
export function embeddedLineManagers(db: Database, report: Report): Sync<LineManagerStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.line_managers
  const select = `SELECT ${selected}, ticket_count FROM line_managers`
  const byCid = db.prepare<Counted>(`${select} WHERE cid = ? AND workspace_id = ? AND created_by = ?`)
  const byUser = db.prepare<Counted>(`${select} WHERE workspace_id = ? AND user_id = ?`)
  const all = db.prepare<Counted>(`${select} WHERE workspace_id = ? ORDER BY positions_in_a_line, n`)
  const count = db.prepare<{ count: number }>(
    'SELECT count(*) AS count FROM line_managers WHERE workspace_id = ?',
  )
  const insert = db.prepare(`INSERT INTO line_managers (workspace_id, ${inserted}) VALUES (?, ${marks})`)

  function toCounted(stored: Counted): LineManager {
    return toLineManager(toRow(stored), stored.ticket_count)
  }

  return {
    update: notBuilt,
    remove: notBuilt,
    attend: notBuilt,
    absent: notBuilt,
    observe: notBuilt,
    serving: notBuilt,
    create(manager) {
      const { workspace_id, user_id, created_by, cid, fingerprint } = manager
      const known = byCid.get(cid, workspace_id, created_by)
      if (known) return repeated(toRow(known), fingerprint, () => toCounted(known))
      if (byUser.get(workspace_id, user_id)) return { conflict: 'exists' }
      if (manager.most !== undefined && (count.get(workspace_id)?.count ?? 0) >= manager.most)
        return { conflict: 'limit' }
      const row: LineManagerRow = newLineManagerRow(manager)
      insert.run(workspace_id, ...valuesOf(row))
      const stored = byUser.get(workspace_id, user_id)
      return { created: true, row: toLineManager(row, stored?.ticket_count ?? 0) }
    },

    get(workspaceId, userId) {
      const stored = byUser.get(workspaceId, userId)
      return stored ? toCounted(stored) : null
    },

    list(workspaceId) {
      return readable(all.all(workspaceId), toCounted, {
        workspace_id: workspaceId,
        collection: 'line_managers',
        report,
      })
    },
  }
}
