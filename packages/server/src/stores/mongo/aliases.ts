import { aliasFields, newAlias } from '../fields/aliases.ts'
import { rowOf } from '../fields/field.ts'
import type { Alias, AliasStore } from '../store.ts'
import type { Database } from './database.ts'
import { listsOfUsers } from './lookups.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { below, oneOf } from './where.ts'

export type AliasDocument = Alias & TenantRow

const declaration: Declaration<AliasDocument> = {
  fields: { ...tenantFields, ...aliasFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'guest', key: { workspace_id: 1, guest_id: 1 }, unique: true },
    { name: 'user', key: { workspace_id: 1, user_id: 1, _id: 1 } },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
  ],
}

/** The aliases' documents. */
export function aliasRows(database: Database): Rows<AliasDocument> {
  return database.rows('aliases', declaration)
}

const toAlias = rowOf<Alias>(aliasFields)

/** Which guests have become which users; the unique key of a guest decides. */
export function mongoAliases(database: Database): AliasStore {
  const aliases = aliasRows(database)

  async function get(workspace_id: string, guest_id: string): Promise<Alias | null> {
    const row = await aliases.get({ workspace_id, guest_id })
    return row ? toAlias(row) : null
  }

  /** The newest guests of a user. */
  const newest = listsOfUsers(
    database.deadlines,
    async (workspace_id, users, limit) => {
      const where = { workspace_id, user_id: oneOf(users) }
      return (await aliases.find(where, { sort: { user_id: -1, _id: -1 }, limit })).map(toAlias)
    },
    ({ user_id }, user) => user_id === user,
  )

  return {
    create(workspace_id, guestId, userId) {
      return database.deadlines.persist(async () => {
        const known = await get(workspace_id, guestId)
        if (known) return { row: known, created: false }
        const row = newAlias(guestId, userId)
        return (await aliases.insert([{ ...row, workspace_id }])) === 1 ? { row, created: true } : undefined
      })
    },

    get,

    async among(workspace_id, guestIds) {
      if (guestIds.length === 0) return []
      return (await aliases.find({ workspace_id, guest_id: oneOf(guestIds) })).map(toAlias)
    },

    async list(workspace_id, user_id, { before, limit }) {
      if (before === undefined) return newest(workspace_id, { user_id, limit })
      const where = { workspace_id, user_id, _id: below(before) }
      return (await aliases.find(where, { sort: { _id: -1 }, limit })).map(toAlias)
    },

    removeAll: (workspace_id, user_id) => aliases.remove({ workspace_id, user_id }),
  }
}
