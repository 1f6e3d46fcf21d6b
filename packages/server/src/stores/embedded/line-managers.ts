import type { LineManager } from '@dowellchat/protocol'
import { attendedRow, observedText, serves, servingOf, servingOfAll, updatedRow } from '../attending.ts'
import { repeated } from '../creation.ts'
import { type LineManagerRow, newLineManagerRow, toLineManager } from '../fields/line-managers.ts'
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

  const remove = db.prepare('DELETE FROM line_managers WHERE workspace_id = ? AND user_id = ?')
  const finish = db.prepare(
    'UPDATE line_managers SET finished_at = ?3 WHERE workspace_id = ?1 AND user_id = ?2',
  )
  const absent = db.prepare<{ workspace_id: string; user_id: string }>(
    `SELECT workspace_id, user_id FROM line_managers INDEXED BY line_managers_offline
     WHERE offline_since IS NOT NULL AND ticket_count > 0 AND offline_since > ? AND offline_since < ?
     ORDER BY offline_since LIMIT ?`,
  )
  const write = db.prepare(
    `UPDATE line_managers SET positions_in_a_line = ?, average_serving_time = ?, capacity = ?, topics = ?, is_active = ?,
       availability = ?, is_unmanaged = ?, is_connected = ?, chosen = ?, offline_since = ?, serving_text = ?
     WHERE workspace_id = ? AND user_id = ?`,
  )

  /** Null where there is no such line manager. */
  function changed(
    workspaceId: string,
    userId: string,
    change: (row: LineManagerRow) => LineManagerRow,
  ): LineManager | null {
    const stored = byUser.get(workspaceId, userId)
    if (!stored) return null
    const row = change(toRow(stored))
    const { positions_in_a_line, average_serving_time, capacity, topics, is_active } = row
    const { availability, is_unmanaged, is_connected, chosen, offline_since, serving_text } = row
    write.run(
      ...[positions_in_a_line, average_serving_time, capacity, topics && JSON.stringify(topics)],
      ...[Number(is_active), availability, Number(is_unmanaged), Number(is_connected), chosen, offline_since],
      ...[serving_text, workspaceId, userId],
    )
    return toLineManager(row, stored.ticket_count)
  }

  function toCounted(stored: Counted): LineManager {
    return toLineManager(toRow(stored), stored.ticket_count)
  }

  const fromOf = (workspace_id: string) => ({ workspace_id, collection: 'line_managers', report }) as const

  return {
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

    update: (workspaceId, userId, change) => changed(workspaceId, userId, (row) => updatedRow(row, change)),

    remove: (workspaceId, userId) => Number(remove.run(workspaceId, userId).changes) > 0,

    attend: (workspaceId, userId, attendance) =>
      changed(workspaceId, userId, (row) => ({ ...row, ...attendedRow(row, attendance) })),

    absent: (before, limit, after = '') => absent.all(after, before, limit),

    observe(workspaceId, userId, product, minutes) {
      changed(workspaceId, userId, (row) => ({
        ...row,
        serving_text: observedText(row, product, minutes),
      }))
    },

    finish(workspaceId, userId, at) {
      const stored = byUser.get(workspaceId, userId)
      if (stored) finish.run(workspaceId, userId, at)
      return stored ? toRow(stored).finished_at : null
    },

    observed(workspaceId, userId) {
      const stored = byUser.get(workspaceId, userId)
      return stored ? { manager: toCounted(stored), serving: servingOfAll(toRow(stored)) } : null
    },

    serving(workspaceId, product) {
      const make = (stored: Counted) => ({ row: toRow(stored), stored })
      return readable(all.all(workspaceId), make, fromOf(workspaceId))
        .filter(({ row }) => serves(row, product))
        .map(({ row, stored }) => ({
          manager: toLineManager(row, stored.ticket_count),
          serving: servingOf(row, product),
        }))
    },

    list(workspaceId) {
      return readable(all.all(workspaceId), toCounted, fromOf(workspaceId))
    },
  }
}
