import type { AuditEntry } from '@dowellchat/protocol'
import { auditFields } from '../fields/audit.ts'
import { inStore, orNull, rowOf, text } from '../fields/field.ts'
import type { AuditStore } from '../store.ts'
import type { Database } from './database.ts'
import { changeSome, type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { below } from './where.ts'

/** What MongoDB keeps of a row beside it. */
interface AuditKeys {
  /** When it was made, as long as it has an address: old ones are found by it. */
  readonly addressed_at: string | null
}

export type AuditDocument = AuditEntry & TenantRow & AuditKeys

const declaration: Declaration<AuditDocument> = {
  fields: { ...auditFields, ...tenantFields, addressed_at: inStore(orNull(text)) },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'newest', key: { workspace_id: 1, at: 1, _id: 1 } },
    { name: 'addresses', key: { workspace_id: 1, addressed_at: 1 } },
    { name: 'by', key: { workspace_id: 1, by: 1 } },
    { name: 'user', key: { workspace_id: 1, user_id: 1 } },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
  ],
}

/** The audit trail's documents. */
export function auditRows(database: Database): Rows<AuditDocument> {
  return database.rows('audit', declaration)
}

const toAuditEntry: (document: AuditEntry) => AuditEntry = rowOf<AuditEntry>(auditFields)

export function toAuditDocument(workspace_id: string, entry: AuditEntry): AuditDocument {
  return { ...entry, workspace_id, addressed_at: entry.address === null ? null : entry.at }
}

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

  return {
    async append(workspace_id, entries) {
      for (let left = entries; left.length > 0; ) {
        const inserted = await audit.insert(left.map((entry) => toAuditDocument(workspace_id, entry)))
        // The one behind them is there already.
        left = left.slice(inserted + 1)
      }
    },

    async count(workspace_id, entry) {
      if ((await audit.insert([toAuditDocument(workspace_id, entry)])) === 1) return
      await audit.change({ workspace_id, _id: entry._id }, { $inc: { count: entry.count } })
    },

    async list(workspace_id, { before, limit }) {
      const rows = await pageOf(workspace_id, before, limit + 1)
      return { entries: rows.slice(0, limit).map(toAuditEntry), more: rows.length > limit }
    },

    forgetAddresses: (workspace_id, before) =>
      changeSome(
        audit,
        { workspace_id, addressed_at: below(before) },
        { $set: { address: null, addressed_at: null } },
      ),

    async replaceUser(workspace_id, userId, replacement) {
      const by = await changeSome(audit, { workspace_id, by: userId }, { $set: { by: replacement } })
      const user = await changeSome(
        audit,
        { workspace_id, user_id: userId },
        { $set: { user_id: replacement } },
      )
      return by + user
    },
  }
}
