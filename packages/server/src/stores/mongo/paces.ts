import { nextPace, type PaceRow, paceFields } from '../fields/paces.ts'
import type { RoomStore } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'

export type PaceDocument = PaceRow & TenantRow

const declaration: Declaration<PaceDocument> = {
  fields: { ...tenantFields, ...paceFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'user', key: { workspace_id: 1, room: 1, user_id: 1 }, unique: true },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
  ],
}

/** The paces' documents. */
export function paceRows(database: Database): Rows<PaceDocument> {
  return database.rows('paces', declaration)
}

/** When members of rooms with slow mode may send the next message: a compare-and-set, so that two servers agree. */
export function mongoPace(database: Database): RoomStore['pace'] {
  const paces = paceRows(database)

  return (workspace_id, message) =>
    database.deadlines.persist(async () => {
      const { room, user_id } = message
      const known = await paces.get({ workspace_id, room, user_id })
      const next = nextPace(known, message)
      if (typeof next === 'number') return next
      if (!known) return (await paces.insert([{ ...next, workspace_id }])) === 1 ? 0 : undefined
      const { _id, cid, next_at } = known
      const $set = { cid: next.cid, next_at: next.next_at }
      return (await paces.change({ workspace_id, _id, cid, next_at }, { $set })) ? 0 : undefined
    })
}
