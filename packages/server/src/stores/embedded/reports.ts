import { repeated } from '../creation.ts'
import {
  freeSlot,
  newReportRow,
  type ReportRow,
  resolvedReport,
  toReport,
  withoutMessage,
} from '../fields/reports.ts'
import { afterAllIds } from '../ids.ts'
import type { ReportStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** What people have reported. */
export function embeddedReports(db: Database, report: Report): Sync<ReportStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.reports
  const select = `SELECT ${selected} FROM reports WHERE workspace_id = ?`
  const byCid = db.prepare<Stored>(
    `SELECT ${selected} FROM reports WHERE cid = ? AND workspace_id = ? AND reported_by = ?`,
  )
  const byId = db.prepare<Stored>(`${select} AND id = ?`)
  const newest = db.prepare<Stored>(`${select} AND id < ? ORDER BY id DESC LIMIT ?`)
  const newestOf = db.prepare<Stored>(`${select} AND is_resolved = ? AND id < ? ORDER BY id DESC LIMIT ?`)
  const slots = db.prepare<{ slot: number }>(
    'SELECT slot FROM reports WHERE workspace_id = ? AND reported_by = ? AND slot IS NOT NULL',
  )
  const openOfGuests = db.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM
       (SELECT 1 FROM reports INDEXED BY reports_slot
        WHERE workspace_id = ? AND reported_by > 'guest:' AND reported_by < 'guest;' AND slot IS NOT NULL LIMIT ?)`,
  )
  const insert = db.prepare(`INSERT INTO reports (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const update = db.prepare(`UPDATE reports SET (${inserted}) = (${marks}) WHERE workspace_id = ? AND id = ?`)

  function find(workspaceId: string, id: string): ReportRow | undefined {
    const stored = byId.get(workspaceId, id)
    return stored && toRow(stored)
  }

  function change(workspaceId: string, row: ReportRow, changes: Partial<ReportRow>): ReportRow {
    const changed = { ...row, ...changes }
    update.run(...valuesOf(changed), workspaceId, row._id)
    return changed
  }

  return {
    create(made) {
      const { workspace_id, reported_by, cid, fingerprint, most_open, most_guests_open: most } = made
      const known = byCid.get(cid, workspace_id, reported_by)
      if (known) return repeated(toRow(known), fingerprint, toReport)
      const taken = slots.all(workspace_id, reported_by).map(({ slot }) => slot)
      const slot = freeSlot(taken, most_open)
      if (slot === undefined) return { conflict: 'limit' }
      if (most !== undefined && (openOfGuests.get(workspace_id, most)?.count ?? 0) >= most)
        return { conflict: 'guests_limit' }
      const row = newReportRow(made, slot)
      insert.run(workspace_id, ...valuesOf(row))
      return { created: true, row: toReport(row) }
    },

    get(workspaceId, reportId) {
      const row = find(workspaceId, reportId)
      return row ? toReport(row) : null
    },

    list(workspaceId, { is_resolved, before = afterAllIds, limit }) {
      const stored =
        is_resolved === undefined
          ? newest.all(workspaceId, before, limit + 1)
          : newestOf.all(workspaceId, Number(is_resolved), before, limit + 1)
      const from = { workspace_id: workspaceId, collection: 'reports', report }
      const reports = readable(stored.slice(0, limit), (one) => toReport(toRow(one)), from)
      return { reports, more: stored.length > limit }
    },

    resolve(workspaceId, reportId, { by, text }) {
      const row = find(workspaceId, reportId)
      if (!row) return null
      if (row.is_resolved) return { report: toReport(row), changed: false }
      return { report: toReport(change(workspaceId, row, resolvedReport(by, text))), changed: true }
    },

    forgetMessage(workspaceId, reportId) {
      const row = find(workspaceId, reportId)
      if (row) change(workspaceId, row, withoutMessage(row))
    },
  }
}
