import { newId } from '../ids.ts'
import type { DeliveryStore } from '../store.ts'
import type { Stored } from './columns.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** Who was told of what they have not read. */
export function embeddedNotices(db: Database): Pick<Sync<DeliveryStore>, 'told' | 'tell'> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.notices
  const one = db.prepare<Stored>(
    `SELECT ${selected} FROM notices WHERE workspace_id = ? AND consumer = ? AND stream = ? AND user_id = ?`,
  )
  const put = db.prepare(
    `INSERT INTO notices (workspace_id, ${inserted}) VALUES (?, ${marks})
     ON CONFLICT (workspace_id, consumer, stream, user_id) DO UPDATE SET nth = excluded.nth, at = excluded.at`,
  )
  return {
    told: (workspaceId, consumer, stream, userIds) =>
      userIds.flatMap((userId) => {
        const stored = one.get(workspaceId, consumer, stream, userId)
        return stored ? [toRow(stored)] : []
      }),

    tell(workspaceId, notices) {
      for (const notice of notices) put.run(workspaceId, ...valuesOf({ _id: newId(), ...notice }))
    },
  }
}
