import { revocationFields } from '../fields/revocations.ts'
import type { Revocation, RevocationStore } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { below } from './where.ts'

export type RevocationDocument = Revocation & TenantRow

const declaration: Declaration<RevocationDocument> = {
  fields: { ...revocationFields, ...tenantFields },
  shardKey: { workspace_id: 1 },
  indexes: [{ name: 'user', key: { workspace_id: 1, user_id: 1 }, unique: true }],
}

/** The revocations' documents. */
export function revocationRows(database: Database): Rows<RevocationDocument> {
  return database.rows('revocations', declaration)
}

export function toDocument(workspace_id: string, revocation: Revocation): RevocationDocument {
  return { ...revocation, ...keyOf(workspace_id, revocation.user_id) }
}

/** The key of a user's only row. */
function keyOf(workspace_id: string, user_id: string): TenantRow {
  return { _id: `${workspace_id}\n${user_id}`, workspace_id }
}

/** The users of each workspace whose sessions were ended. */
export function mongoRevocations(database: Database): RevocationStore {
  const rows = revocationRows(database)

  async function get(workspace_id: string, user_id: string): Promise<Revocation | null> {
    return (await rows.get({ workspace_id, user_id }, ['user_id', 'revoked_before'])) ?? null
  }

  return {
    get,

    revoke(workspace_id, { user_id, revoked_before }) {
      return database.deadlines.persist(async () => {
        const earlier = { ...keyOf(workspace_id, user_id), revoked_before: below(revoked_before) }
        const raised = await rows.change(earlier, { $set: { revoked_before } })
        if (raised) return { user_id, revoked_before }
        const known = await get(workspace_id, user_id)
        // Raised by a later revocation, or by another server between the two looks.
        if (known) return known.revoked_before >= revoked_before ? known : undefined
        const isNew = (await rows.insert([toDocument(workspace_id, { user_id, revoked_before })])) === 1
        return isNew ? { user_id, revoked_before } : undefined
      })
    },
  }
}
