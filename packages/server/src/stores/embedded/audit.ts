import type { AuditStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** How many rows one call changes. It is little, since appends wait for the call to end. */
const rowsPerCall = 500

/** The audit trail of each workspace. */
export function embeddedAudit(db: Database, report: Report): Sync<AuditStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.audit
  const select = `SELECT ${selected} FROM audit WHERE workspace_id = ?`
  const insert = `INSERT INTO audit (workspace_id, ${inserted}) VALUES (?, ${marks}) ON CONFLICT (workspace_id, id) DO`
  const append = db.prepare(`${insert} NOTHING`)
  const count = db.prepare(`${insert} UPDATE SET count = count + excluded.count`)
  const newest = db.prepare<Stored>(`${select} ORDER BY at DESC, id DESC LIMIT ?`)
  const older = db.prepare<Stored>(`${select} AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`)
  const timeOf = db.prepare<{ at: string }>('SELECT at FROM audit WHERE workspace_id = ? AND id = ?')
  const change = (set: string, where: string) =>
    db.prepare(
      `UPDATE audit SET ${set} WHERE n IN
         (SELECT n FROM audit WHERE workspace_id = ?1 AND ${where} LIMIT ${rowsPerCall})`,
    )
  const forget = change('address = NULL', 'address IS NOT NULL AND at < ?2')
  const replaceBy = change('by = ?3', 'by = ?2')
  const replaceUser = change('user_id = ?3', 'user_id = ?2')

  function pageOf(workspaceId: string, before: string | undefined, rows: number): Stored[] {
    if (before === undefined) return newest.all(workspaceId, rows)
    const place = timeOf.get(workspaceId, before)
    return place ? older.all(workspaceId, place.at, before, rows) : []
  }

  return {
    append(workspaceId, entries) {
      for (const entry of entries) append.run(workspaceId, ...valuesOf(entry))
    },

    count(workspaceId, entry) {
      count.run(workspaceId, ...valuesOf(entry))
    },

    list(workspaceId, { before, limit }) {
      const rows = pageOf(workspaceId, before, limit + 1)
      const from = { workspace_id: workspaceId, collection: 'audit', report }
      return { entries: readable(rows.slice(0, limit), toRow, from), more: rows.length > limit }
    },

    forgetAddresses: (workspaceId, before) => Number(forget.run(workspaceId, before).changes),

    replaceUser(workspaceId, userId, replacement) {
      const changed = [replaceBy, replaceUser].map((one) => one.run(workspaceId, userId, replacement).changes)
      return changed.reduce<number>((sum, changes) => sum + Number(changes), 0)
    },
  }
}
