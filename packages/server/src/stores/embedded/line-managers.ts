import type { LineManager } from '@dowellchat/protocol'
import { repeated } from '../creation.ts'
import { newId } from '../ids.ts'
import type { LineManagerStore } from '../store.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'

interface LineManagerRow {
  readonly id: string
  readonly user_id: string
  readonly positions_in_a_line: number
  readonly average_serving_time: number
  readonly capacity: number | null
  readonly is_active: number
  readonly created_at: string
  readonly client_created_at: string | null
  readonly fingerprint: string
  readonly ticket_count: number
}

/** The line managers of each workspace, their tickets counted as they are read. */
export function embeddedLineManagers(db: Database): Sync<LineManagerStore> {
  const select = `
    SELECT id, user_id, positions_in_a_line, average_serving_time, capacity, is_active, created_at, client_created_at,
      fingerprint, (SELECT count(*) FROM tickets
        WHERE workspace_id = line_managers.workspace_id AND line_manager = line_managers.user_id AND is_closed = 0
      ) AS ticket_count
    FROM line_managers`
  const byCid = db.prepare<LineManagerRow>(`${select} WHERE cid = ? AND workspace_id = ? AND created_by = ?`)
  const byUser = db.prepare<LineManagerRow>(`${select} WHERE workspace_id = ? AND user_id = ?`)
  const all = db.prepare<LineManagerRow>(`${select} WHERE workspace_id = ? ORDER BY positions_in_a_line, n`)
  const insert = db.prepare(
    `INSERT INTO line_managers (workspace_id, id, user_id, positions_in_a_line, average_serving_time, capacity,
       is_active, created_at, client_created_at, created_by, cid, fingerprint)
     VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
  )

  return {
    create(manager) {
      const { workspace_id, user_id, created_by, cid, fingerprint, capacity, client_created_at } = manager
      const known = byCid.get(cid, workspace_id, created_by)
      if (known) return repeated(known, fingerprint, toLineManager)
      if (byUser.get(workspace_id, user_id)) return { conflict: 'exists' }
      const { positions_in_a_line, average_serving_time } = manager
      const row: LineManager = {
        _id: newId(),
        user_id,
        positions_in_a_line,
        average_serving_time,
        capacity,
        ticket_count: 0,
        is_active: true,
        created_at: new Date().toISOString(),
        client_created_at,
      }
      insert.run(
        ...[workspace_id, row._id, user_id, positions_in_a_line, average_serving_time, capacity],
        ...[row.created_at, client_created_at, created_by, cid, fingerprint],
      )
      return { created: true, row }
    },

    list(workspaceId) {
      return all.all(workspaceId).map(toLineManager)
    },
  }
}

function toLineManager({ id, fingerprint: _, is_active, ...row }: LineManagerRow): LineManager {
  return { _id: id, ...row, is_active: is_active === 1 }
}
