import { type BlockedPair, type BlockStore, distinctPairs, mostPairs } from '../domains/blocks.ts'
import { newBlock } from '../fields/blocks.ts'
import { afterAllIds } from '../ids.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** Who has blocked whom. */
export function embeddedBlocks(db: Database, report: Report): Sync<BlockStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.blocks
  const select = `SELECT ${selected} FROM blocks WHERE workspace_id = ?`
  const pair = 'workspace_id = ? AND user_id = ? AND blocked_id = ?'
  const byPair = db.prepare<Stored>(`${select} AND user_id = ? AND blocked_id = ?`)
  const ofUser = db.prepare<Stored>(`${select} AND user_id = ? AND id < ? ORDER BY id DESC LIMIT ?`)
  const pairsWhere = (side: 'user_id' | 'blocked_id') =>
    db.prepare<BlockedPair>(
      `SELECT user_id, blocked_id FROM blocks WHERE workspace_id = ? AND ${side} = ? ORDER BY user_id, blocked_id LIMIT ?`,
    )
  const [pairsBy, pairsOf] = [pairsWhere('user_id'), pairsWhere('blocked_id')]
  const insert = db.prepare(`INSERT INTO blocks (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const remove = db.prepare(`DELETE FROM blocks WHERE ${pair}`)
  const removeBy = db.prepare('DELETE FROM blocks WHERE workspace_id = ? AND user_id = ?')
  const removeOf = db.prepare('DELETE FROM blocks WHERE workspace_id = ? AND blocked_id = ?')

  return {
    create(workspaceId, userId, blockedId) {
      const known = byPair.get(workspaceId, userId, blockedId)
      if (known) return { row: toRow(known), created: false }
      const row = newBlock(userId, blockedId)
      insert.run(workspaceId, ...valuesOf(row))
      return { row, created: true }
    },

    get(workspaceId, userId, blockedId) {
      const stored = byPair.get(workspaceId, userId, blockedId)
      return stored ? toRow(stored) : null
    },

    blockers(workspaceId, userIds, blockedIds) {
      const hasBlocked = (user: string) =>
        blockedIds.some((blocked) => byPair.get(workspaceId, user, blocked) !== undefined)
      return [...new Set(userIds)].filter(hasBlocked)
    },

    pairs(workspaceId, userIds) {
      const ids = [...new Set(userIds)].sort()
      return distinctPairs(
        [pairsBy, pairsOf].flatMap((side) => {
          const pairs: BlockedPair[] = []
          for (const id of ids) pairs.push(...side.all(workspaceId, id, mostPairs - pairs.length))
          return pairs
        }),
      )
    },

    list(workspaceId, userId, { before = afterAllIds, limit }) {
      const stored = ofUser.all(workspaceId, userId, before, limit)
      return readable(stored, toRow, { workspace_id: workspaceId, collection: 'blocks', report })
    },

    remove: (workspaceId, userId, blockedId) =>
      Number(remove.run(workspaceId, userId, blockedId).changes) > 0,

    removeAll(workspaceId, userId) {
      const changes = [removeBy, removeOf].map((one) => Number(one.run(workspaceId, userId).changes))
      return changes.reduce((sum, count) => sum + count, 0)
    },
  }
}
