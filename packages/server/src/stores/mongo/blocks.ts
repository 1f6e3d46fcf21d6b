import { distinctPairs, mostPairs } from '../domains/blocks.ts'
import { blockFields, newBlock } from '../fields/blocks.ts'
import { rowOf } from '../fields/field.ts'
import type { Block, BlockStore } from '../store.ts'
import type { Database } from './database.ts'
import { listsOfUsers } from './lookups.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { below, oneOf } from './where.ts'

export type BlockDocument = Block & TenantRow

const declaration: Declaration<BlockDocument> = {
  fields: { ...tenantFields, ...blockFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'pair', key: { workspace_id: 1, user_id: 1, blocked_id: 1 }, unique: true },
    { name: 'user', key: { workspace_id: 1, user_id: 1, _id: 1 } },
    { name: 'blocked', key: { workspace_id: 1, blocked_id: 1, user_id: 1 } },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
  ],
}

/** The blocks' documents. */
export function blockRows(database: Database): Rows<BlockDocument> {
  return database.rows('blocks', declaration)
}

const toBlock = rowOf<Block>(blockFields)

/** Who has blocked whom; the unique key of a pair decides. */
export function mongoBlocks(database: Database): BlockStore {
  const blocks = blockRows(database)

  async function get(workspace_id: string, user_id: string, blocked_id: string): Promise<Block | null> {
    const row = await blocks.get({ workspace_id, user_id, blocked_id })
    return row ? toBlock(row) : null
  }

  /** Whom a user has blocked last. */
  const newest = listsOfUsers(
    database.deadlines,
    async (workspace_id, users, limit) => {
      const where = { workspace_id, user_id: oneOf(users) }
      return (await blocks.find(where, { sort: { user_id: -1, _id: -1 }, limit })).map(toBlock)
    },
    ({ user_id }, user) => user_id === user,
  )

  return {
    create(workspace_id, userId, blockedId) {
      return database.deadlines.persist(async () => {
        const known = await get(workspace_id, userId, blockedId)
        if (known) return { row: known, created: false }
        const row = newBlock(userId, blockedId)
        return (await blocks.insert([{ ...row, workspace_id }])) === 1 ? { row, created: true } : undefined
      })
    },

    get,

    async blockers(workspace_id, userIds, blockedIds) {
      const found = await Promise.all(
        blockedIds.map((blocked_id) =>
          blocks.find({ workspace_id, blocked_id, user_id: oneOf(userIds) }, { fields: ['user_id'] }),
        ),
      )
      return [...new Set(found.flat().map(({ user_id }) => user_id))]
    },

    async pairs(workspace_id, userIds) {
      if (userIds.length === 0) return []
      const find = (side: 'user_id' | 'blocked_id', sort: 'user_id' | 'blocked_id') =>
        blocks.find(
          { workspace_id, [side]: oneOf(userIds) },
          { fields: ['user_id', 'blocked_id'], sort: { [side]: 1, [sort]: 1 }, limit: mostPairs },
        )
      const [by, of] = await Promise.all([find('user_id', 'blocked_id'), find('blocked_id', 'user_id')])
      return distinctPairs([...by, ...of])
    },

    async list(workspace_id, user_id, { before, limit }) {
      if (before === undefined) return newest(workspace_id, { user_id, limit })
      const where = { workspace_id, user_id, _id: below(before) }
      return (await blocks.find(where, { sort: { _id: -1 }, limit })).map(toBlock)
    },

    remove: async (workspace_id, user_id, blocked_id) =>
      (await blocks.remove({ workspace_id, user_id, blocked_id })) > 0,

    async removeAll(workspace_id, userId) {
      const removed = await Promise.all([
        blocks.remove({ workspace_id, user_id: userId }),
        blocks.remove({ workspace_id, blocked_id: userId }),
      ])
      return removed[0] + removed[1]
    },
  }
}
