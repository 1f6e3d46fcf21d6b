import { inStore, integer } from '../fields/field.ts'
import type { NodeStore } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type TenantRow, tenantFields } from './rows.ts'
import { oneOf } from './where.ts'

interface NodeDocument extends TenantRow {
  readonly beat: number
}

/** They belong to no workspace, and no workspace's id is empty. */
const workspace_id = ''

const declaration: Declaration<NodeDocument> = {
  fields: { ...tenantFields, beat: inStore(integer) },
  shardKey: { workspace_id: 1 },
  indexes: [{ name: 'workspace', key: { workspace_id: 1 } }],
}

/** The servers on this database. */
export function mongoNodes(database: Database): NodeStore {
  const rows = database.rows('nodes', declaration)
  return {
    async beat(id) {
      const raised = await rows.change({ workspace_id, _id: id }, { $inc: { beat: 1 } })
      if (!raised) await rows.insert([{ _id: id, workspace_id, beat: 1 }])
    },

    async list() {
      const found = await rows.find({ workspace_id }, { fields: ['_id', 'beat'] })
      return found.map(({ _id, beat }) => ({ id: _id, beat }))
    },

    async remove(ids) {
      await rows.remove({ workspace_id, _id: oneOf(ids) })
    },
  }
}
