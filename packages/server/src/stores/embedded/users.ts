import {
  newUserRow,
  ownChanges,
  searchEnd,
  searchKey,
  seenChanges,
  settingsChanges,
  toSettings,
  toUser,
  type UserRow,
} from '../fields/users.ts'
import type { UserSearch, UserSeen, UserStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** The users of each workspace. */
export function embeddedUsers(db: Database, report: Report): Sync<UserStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.users
  const select = `SELECT ${selected} FROM users WHERE workspace_id = ?`
  const byUser = db.prepare<Stored>(`${select} AND user_id = ?`)
  const byName = db.prepare<Stored>(`${select} AND name_key > ? AND name_key < ? ORDER BY name_key LIMIT ?`)
  const insert = db.prepare(`INSERT INTO users (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const update = db.prepare(
    `UPDATE users SET (${inserted}) = (${marks}) WHERE workspace_id = ? AND user_id = ?`,
  )
  const later = db.prepare(
    'UPDATE users SET last_seen_at = ? WHERE workspace_id = ? AND user_id = ? AND last_seen_at < ?',
  )
  const remove = db.prepare('DELETE FROM users WHERE workspace_id = ? AND user_id = ?')
  const revoked = db.prepare<{ revoked_before: string }>(
    'SELECT revoked_before FROM revocations WHERE workspace_id = ? AND user_id = ?',
  )

  /** A row of which a user can be made. */
  const toReadable = (stored: Stored): UserRow => {
    const row = toRow(stored)
    toUser(row)
    return row
  }
  const from = (workspace_id: string) => ({ workspace_id, collection: 'users', report })

  function find(workspaceId: string, userId: string): UserRow | undefined {
    const stored = byUser.get(workspaceId, userId)
    return stored && toRow(stored)
  }

  function findAll(workspaceId: string, userIds: readonly string[]): Stored[] {
    return [...new Set(userIds)].flatMap((id): Stored[] => {
      const one = byUser.get(workspaceId, id)
      return one ? [one] : []
    })
  }

  function change(workspaceId: string, row: UserRow, changes: Partial<UserRow>): UserRow {
    const changed = { ...row, ...changes }
    update.run(...valuesOf(changed), workspaceId, row.user_id)
    return changed
  }

  function add(workspaceId: string, row: UserRow): UserRow {
    insert.run(workspaceId, ...valuesOf(row))
    return row
  }

  /** Those whose names begin so, in their order; one more than the limit, so that its presence tells of more. */
  function named(workspaceId: string, { text, before, limit }: UserSearch): UserRow[] {
    const key = searchKey(text)
    const last = before === undefined ? undefined : find(workspaceId, before)
    if (before !== undefined && !last) return []
    const start = last?.name_key.startsWith(key) ? last.name_key : key
    const stored = byName.all(workspaceId, start, searchEnd(key), limit + 1)
    const rows = readable(stored, toReadable, from(workspaceId))
    const whole = before === undefined ? find(workspaceId, text) : undefined
    return whole && !whole.name_key.startsWith(key) ? [whole, ...rows] : rows
  }

  function wasErased(workspaceId: string, { at, erased_as }: UserSeen): boolean {
    return erased_as !== undefined && at <= (revoked.get(workspaceId, erased_as)?.revoked_before ?? '')
  }

  function see(workspaceId: string, seen: UserSeen): UserRow | undefined {
    const row = find(workspaceId, seen.user_id)
    if (!row) return wasErased(workspaceId, seen) ? undefined : add(workspaceId, newUserRow(seen))
    const changes = seenChanges(row, seen)
    return changes ? change(workspaceId, row, changes) : row
  }

  return {
    see(workspaceId, seen) {
      for (const one of seen) see(workspaceId, one)
    },

    left(workspaceId, left) {
      for (const { user_id, at } of left) later.run(at, workspaceId, user_id, at)
    },

    update(workspaceId, seen, changed) {
      const row = see(workspaceId, seen)
      return row ? toUser(change(workspaceId, row, ownChanges(seen.user_id, changed))) : null
    },

    set(workspaceId, seen, changed) {
      const row = see(workspaceId, seen)
      return row ? toSettings(change(workspaceId, row, settingsChanges(changed))) : null
    },

    get: (workspaceId, userIds) =>
      readable(findAll(workspaceId, userIds), (one) => toUser(toRow(one)), from(workspaceId)),

    settings: (workspaceId, userIds) =>
      readable(findAll(workspaceId, userIds), (one) => toSettings(toRow(one)), from(workspaceId)),

    search(workspaceId, search) {
      const rows = named(workspaceId, search)
      return { users: rows.slice(0, search.limit).map(toUser), more: rows.length > search.limit }
    },

    remove: (workspaceId, userId) => Number(remove.run(workspaceId, userId).changes) > 0,
  }
}
