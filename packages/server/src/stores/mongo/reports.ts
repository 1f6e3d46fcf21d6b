import type { Report } from '@dowellchat/protocol'
import { repeated } from '../creation.ts'
import {
  freeSlot,
  newReportRow,
  type ReportRow,
  reportFields,
  resolvedReport,
  toReport,
  withoutMessage,
} from '../fields/reports.ts'
import { afterAllIds } from '../ids.ts'
import type { Creation, NewReport, ReportStore } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { ofGuests } from './user-slots.ts'
import { above, below } from './where.ts'

export type ReportDocument = ReportRow & TenantRow

const declaration: Declaration<ReportDocument> = {
  fields: { ...tenantFields, ...reportFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
    { name: 'cid', key: { workspace_id: 1, reported_by: 1, cid: 1 }, unique: true },
    { name: 'resolved', key: { workspace_id: 1, is_resolved: 1, _id: 1 } },
    {
      name: 'slot',
      key: { workspace_id: 1, reported_by: 1, slot: 1 },
      unique: true,
      only: { slot: { $gt: 0 } },
    },
  ],
}

/** The reports' documents. */
export function reportRows(database: Database): Rows<ReportDocument> {
  return database.rows('reports', declaration)
}

/** What people have reported; the unique key of a slot keeps everybody to their limit. */
export function mongoReports(database: Database): ReportStore {
  const reports = reportRows(database)
  const { persist } = database.deadlines

  async function nextSlot(workspace_id: string, reported_by: string, most: number | undefined) {
    if (most === undefined) return null
    const where = { workspace_id, reported_by, slot: above(0) }
    const rows = await reports.find(where, { fields: ['slot'] })
    return freeSlot(
      rows.map(({ slot }) => slot),
      most,
    )
  }

  async function areGuestsFull({ workspace_id, most_guests_open: most }: NewReport): Promise<boolean> {
    if (most === undefined) return false
    const where = { workspace_id, reported_by: ofGuests, slot: above(0) }
    const [open] = await reports.aggregate<{ count: number }>(where, [{ $limit: most }, { $count: 'count' }])
    return (open?.count ?? 0) >= most
  }

  return {
    create(made) {
      const { workspace_id, reported_by, cid, fingerprint, most_open } = made
      return persist<Creation<Report>>(async () => {
        const slot = await nextSlot(workspace_id, reported_by, most_open)
        const isOfGuests = slot !== undefined && (await areGuestsFull(made))
        const row = slot === undefined || isOfGuests ? undefined : newReportRow(made, slot)
        if (row && (await reports.insert([{ ...row, workspace_id }])) === 1)
          return { created: true, row: toReport(row) }
        const known = await reports.get({ workspace_id, reported_by, cid })
        if (known) return repeated(known, fingerprint, toReport)
        return row ? undefined : { conflict: isOfGuests ? 'guests_limit' : 'limit' }
      })
    },

    async get(workspace_id, reportId) {
      const row = await reports.get({ workspace_id, _id: reportId })
      return row ? toReport(row) : null
    },

    async list(workspace_id, { is_resolved, before = afterAllIds, limit }) {
      const filter = is_resolved === undefined ? {} : { is_resolved }
      const where = { workspace_id, ...filter, _id: below(before) }
      const rows = await reports.find(where, { sort: { _id: -1 }, limit: limit + 1 })
      return { reports: rows.slice(0, limit).map(toReport), more: rows.length > limit }
    },

    async resolve(workspace_id, reportId, { by, text }) {
      const open = { workspace_id, _id: reportId, is_resolved: false }
      const resolved = await reports.changeAndRead(open, { $set: resolvedReport(by, text) })
      if (resolved) return { report: toReport(resolved), changed: true }
      const known = await reports.get({ workspace_id, _id: reportId })
      return known ? { report: toReport(known), changed: false } : null
    },

    async forgetMessage(workspace_id, reportId) {
      const row = await reports.get({ workspace_id, _id: reportId })
      // What is set is the same, whoever else has done it meanwhile.
      if (row) await reports.change({ workspace_id, _id: reportId }, { $set: withoutMessage(row) })
    },
  }
}
