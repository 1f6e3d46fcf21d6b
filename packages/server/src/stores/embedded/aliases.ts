import { newAlias } from '../fields/aliases.ts'
import { afterAllIds } from '../ids.ts'
import type { AliasStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** Which guests have become which users. */
export function embeddedAliases(db: Database, report: Report): Sync<AliasStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.aliases
  const select = `SELECT ${selected} FROM aliases WHERE workspace_id = ?`
  const byGuest = db.prepare<Stored>(`${select} AND guest_id = ?`)
  const ofGuests = db.prepare<Stored>(`${select} AND guest_id IN (SELECT value FROM json_each(?))`)
  const ofUser = db.prepare<Stored>(`${select} AND user_id = ? AND id < ? ORDER BY id DESC LIMIT ?`)
  const insert = db.prepare(`INSERT INTO aliases (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const removeOf = db.prepare('DELETE FROM aliases WHERE workspace_id = ? AND user_id = ?')

  return {
    create(workspaceId, guestId, userId) {
      const known = byGuest.get(workspaceId, guestId)
      if (known) return { row: toRow(known), created: false }
      const row = newAlias(guestId, userId)
      insert.run(workspaceId, ...valuesOf(row))
      return { row, created: true }
    },

    get(workspaceId, guestId) {
      const stored = byGuest.get(workspaceId, guestId)
      return stored ? toRow(stored) : null
    },

    among(workspaceId, guestIds) {
      const stored = ofGuests.all(workspaceId, JSON.stringify(guestIds))
      return readable(stored, toRow, { workspace_id: workspaceId, collection: 'aliases', report })
    },

    list(workspaceId, userId, { before = afterAllIds, limit }) {
      const stored = ofUser.all(workspaceId, userId, before, limit)
      return readable(stored, toRow, { workspace_id: workspaceId, collection: 'aliases', report })
    },

    removeAll: (workspaceId, userId) => Number(removeOf.run(workspaceId, userId).changes),
  }
}
