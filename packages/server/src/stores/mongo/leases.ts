import { inStore, orNull, text } from '../fields/field.ts'
import type { LeaseStore } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type TenantRow, tenantFields } from './rows.ts'

interface LeaseDocument extends TenantRow {
  /** The id of the server that has it. */
  readonly holder: string | null
}

/** They belong to no workspace, and no workspace's id is empty. */
const workspace_id = ''

const declaration: Declaration<LeaseDocument> = {
  fields: { ...tenantFields, holder: inStore(orNull(text)) },
  shardKey: { workspace_id: 1 },
  indexes: [{ name: 'workspace', key: { workspace_id: 1 } }],
}

/** Who of the servers on this database does what only one of them is to do. */
export function mongoLeases(database: Database): LeaseStore {
  const leases = database.rows('leases', declaration)
  return {
    async holder(name) {
      return (await leases.get({ workspace_id, _id: name }))?.holder ?? null
    },

    async pass(name, from, to) {
      if (await leases.change({ workspace_id, _id: name, holder: from }, { $set: { holder: to } }))
        return true
      // Nobody has had it before.
      return from === null && (await leases.insert([{ _id: name, workspace_id, holder: to }])) === 1
    },
  }
}
