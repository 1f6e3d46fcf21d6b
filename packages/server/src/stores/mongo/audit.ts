import type { AuditEntry } from '@dowellchat/protocol'
import { auditFields } from '../fields/audit.ts'
import { rowOf } from '../fields/field.ts'
import type { AuditStore } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields, type Update } from './rows.ts'
import { above, below, oneOf, type Where } from './where.ts'

export type AuditDocument = AuditEntry & TenantRow

/** How many rows one call changes. */
const rowsPerCall = 500

const declaration: Declaration<AuditDocument> = {
  fields: { ...auditFields, ...tenantFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'newest', key: { workspace_id: 1, at: 1, _id: 1 } },
    { name: 'address', key: { workspace_id: 1, at: 1 }, only: { address: { $gt: '' } } },
    { name: 'by', key: { workspace_id: 1, by: 1 } },
    { name: 'user', key: { workspace_id: 1, user_id: 1 } },
  ],
}

/** The audit trail's documents. */
export function auditRows(database: Database): Rows<AuditDocument> {
  return database.rows('audit', declaration)
}

export const toAuditEntry: (document: AuditEntry) => AuditEntry = rowOf<AuditEntry>(auditFields)

/** The audit trail of each workspace. */
export function mongoAudit(database: Database): AuditStore {
  const audit = auditRows(database)

  async function pageOf(workspace_id: string, before: string | undefined, limit: number) {
    const sort = { at: -1, _id: -1 } as const
    if (before === undefined) return audit.find({ workspace_id }, { sort, limit })
    const place = await audit.get({ workspace_id, _id: before }, ['at'])
    if (!place) return []
    const same = await audit.find({ workspace_id, at: place.at, _id: below(before) }, { sort, limit })
    if (same.length === limit) return same
    const older = { workspace_id, at: below(place.at) }
    return [...same, ...(await audit.find(older, { sort, limit: limit - same.length }))]
  }

  /** Changes a bounded number of rows; answers how many. */
  async function change(where: Where<AuditDocument>, update: Update<AuditDocument>): Promise<number> {
    const rows = await audit.find(where, { fields: ['_id'], limit: rowsPerCall })
    if (rows.length === 0) return 0
    const ids = rows.map(({ _id }) => _id)
    await audit.changeAll({ workspace_id: where.workspace_id, _id: oneOf(ids) }, update)
    return rows.length
  }

  return {
    async append(workspace_id, entries) {
      for (let left = entries; left.length > 0; ) {
        const inserted = await audit.insert(left.map((entry) => ({ ...entry, workspace_id })))
        // The one behind them is there already.
        left = left.slice(inserted + 1)
      }
    },

    async count(workspace_id, entry) {
      if ((await audit.insert([{ ...entry, workspace_id }])) === 1) return
      await audit.change({ workspace_id, _id: entry._id }, { $inc: { count: entry.count } })
    },

    async list(workspace_id, { before, limit }) {
      const rows = await pageOf(workspace_id, before, limit + 1)
      return { entries: rows.slice(0, limit).map(toAuditEntry), more: rows.length > limit }
    },

    forgetAddresses: (workspace_id, before) =>
      change({ workspace_id, at: below(before), address: above('') }, { $set: { address: null } }),

    async replaceUser(workspace_id, userId, replacement) {
      const by = await change({ workspace_id, by: userId }, { $set: { by: replacement } })
      const user = await change({ workspace_id, user_id: userId }, { $set: { user_id: replacement } })
      return by + user
    },
  }
}
