import type { RevocationStore } from '../store.ts'
import type { Stored } from './columns.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** The users of each workspace whose sessions were ended. */
export function embeddedRevocations(db: Database): Sync<RevocationStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.revocations
  const byUser = db.prepare<Stored>(
    `SELECT ${selected} FROM revocations WHERE workspace_id = ? AND user_id = ?`,
  )
  const save = db.prepare(
    `INSERT INTO revocations (workspace_id, ${inserted}) VALUES (?, ${marks})
     ON CONFLICT (workspace_id, user_id)
     DO UPDATE SET revoked_before = max(revoked_before, excluded.revoked_before)`,
  )

  function get(workspaceId: string, userId: string) {
    const stored = byUser.get(workspaceId, userId)
    return stored ? toRow(stored) : null
  }

  return {
    get,

    revoke(workspaceId, revocation) {
      save.run(workspaceId, ...valuesOf(revocation))
      return get(workspaceId, revocation.user_id) ?? revocation
    },
  }
}
