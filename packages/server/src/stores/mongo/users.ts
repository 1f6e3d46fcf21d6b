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
  userFields,
} from '../fields/users.ts'
import type { UserSearch, UserSeen, UserStore } from '../store.ts'
import type { Database } from './database.ts'
import { revocationRows } from './revocations.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { between, oneOf } from './where.ts'

export type UserDocument = UserRow & TenantRow

/** A time that is newer by less is not written: whoever comes back after a deploy was noted by another server a moment ago. */
const freshMs = 60_000

const declaration: Declaration<UserDocument> = {
  fields: { ...tenantFields, ...userFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'user', key: { workspace_id: 1, user_id: 1 }, unique: true },
    { name: 'name', key: { workspace_id: 1, name_key: 1 } },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
  ],
}

/** The users' documents. */
export function userRows(database: Database): Rows<UserDocument> {
  return database.rows('users', declaration)
}

/** The users of each workspace. */
export function mongoUsers(database: Database): UserStore {
  const users = userRows(database)
  const revocations = revocationRows(database)
  const { persist } = database.deadlines

  /** Writes what an attempt wants changed; undefined where another was faster. */
  async function see(
    workspace_id: string,
    seen: UserSeen,
    known: UserRow | undefined,
    wanted: Partial<UserRow> = {},
  ): Promise<UserRow | undefined> {
    if (!known) {
      const row = { ...newUserRow(seen), ...wanted }
      return (await users.insert([{ ...row, workspace_id }])) === 1 ? row : undefined
    }
    const changes = { ...seenChanges(known, seen), ...wanted }
    if (Object.keys(changes).length === 0) return known
    const { _id, claimed_name, claimed_picture } = known
    return users.changeAndRead({ workspace_id, _id, claimed_name, claimed_picture }, { $set: changes })
  }

  /** Sees many users with as many commands as one; answers false where another was faster with one of them. */
  async function seeAll(
    workspace_id: string,
    seen: readonly UserSeen[],
    rows: readonly UserRow[],
  ): Promise<boolean> {
    const known = new Map(rows.map((row) => [row.user_id, row]))
    const added = seen.filter(({ user_id }) => !known.has(user_id))
    const changes = seen.flatMap((one) => {
      const row = known.get(one.user_id)
      const changed = row && seenChanges(row, one)
      if (!row || !changed || isFresh(row, changed)) return []
      const { _id, claimed_name, claimed_picture } = row
      return { where: { workspace_id, _id, claimed_name, claimed_picture }, update: { $set: changed } }
    })
    const areChanged = (await users.changeEach(changes)) === changes.length
    if (added.length === 0) return areChanged
    const documents = added.map((one) => ({ ...newUserRow(one), workspace_id }))
    return (await users.insert(documents)) === added.length && areChanged
  }

  /** Of those who were erased after they were seen, when. */
  async function erasedAmong(
    workspace_id: string,
    seen: readonly UserSeen[],
  ): Promise<ReadonlyMap<string, string>> {
    const ids = seen.flatMap(({ erased_as }) => erased_as ?? [])
    if (ids.length === 0) return new Map()
    const rows = await revocations.find({ workspace_id, user_id: oneOf(ids) })
    const times = new Map(rows.map(({ user_id, revoked_before }) => [user_id, revoked_before]))
    return new Map(
      seen.flatMap(({ user_id, at, erased_as = '' }) => {
        const time = times.get(erased_as) ?? ''
        return at <= time ? [[user_id, time] as const] : []
      }),
    )
  }

  /** Looks once the rows are there: erasing looks for rows only after it has stored its time. */
  async function removeErased(workspace_id: string, added: readonly UserSeen[]): Promise<boolean> {
    const erased = await erasedAmong(workspace_id, added)
    for (const [user_id, time] of erased) {
      const { _id, last_seen_at } = (await find(workspace_id, user_id)) ?? {}
      // Not somebody who has come again since.
      if (_id !== undefined && last_seen_at !== undefined && last_seen_at <= time)
        await users.remove({ workspace_id, _id, last_seen_at })
    }
    return erased.size > 0
  }

  function find(workspace_id: string, user_id: string): Promise<UserDocument | undefined> {
    return users.get({ workspace_id, user_id })
  }

  function findAll(workspace_id: string, userIds: readonly string[]): Promise<UserDocument[]> {
    return users.find({ workspace_id, user_id: oneOf(userIds) })
  }

  async function ordered(workspace_id: string, userIds: readonly string[]): Promise<UserDocument[]> {
    const known = new Map((await findAll(workspace_id, userIds)).map((row) => [row.user_id, row]))
    return [...new Set(userIds)].flatMap((id) => known.get(id) ?? [])
  }

  /** Sees a user and writes what they want changed; null for one who was erased. */
  async function changed(
    workspaceId: string,
    seen: UserSeen,
    wanted: Partial<UserRow>,
  ): Promise<UserRow | null> {
    if ((await erasedAmong(workspaceId, [seen])).size > 0) return null
    const row = await persist(async () =>
      see(workspaceId, seen, await find(workspaceId, seen.user_id), wanted),
    )
    return (await removeErased(workspaceId, [seen])) ? null : row
  }

  /** Those whose names begin so, in their order; one more than the limit, so that its presence tells of more. */
  async function named(workspace_id: string, { text, before, limit }: UserSearch): Promise<UserRow[]> {
    const key = searchKey(text)
    // The user whose id is the whole text comes first.
    const first = await find(workspace_id, before ?? text)
    if (before !== undefined && !first) return []
    const start = before !== undefined && first?.name_key.startsWith(key) ? first.name_key : key
    const range = { workspace_id, name_key: between(start, searchEnd(key)) }
    const rows = await users.find(range, { sort: { name_key: 1 }, limit: limit + 1 })
    return before === undefined && first && !first.name_key.startsWith(key) ? [first, ...rows] : rows
  }

  return {
    async see(workspaceId, all) {
      const rowsOf = (some: readonly UserSeen[]) =>
        findAll(
          workspaceId,
          some.map(({ user_id }) => user_id),
        )
      const rows = await rowsOf(all)
      const known = new Set(rows.map(({ user_id }) => user_id))
      const isNew = ({ user_id }: UserSeen) => !known.has(user_id)
      const erased = await erasedAmong(workspaceId, all.filter(isNew))
      const seen = all.filter(({ user_id }) => !erased.has(user_id))
      if (!(await seeAll(workspaceId, seen, rows)))
        await persist(async () => (await seeAll(workspaceId, seen, await rowsOf(seen))) || undefined)
      await removeErased(workspaceId, seen.filter(isNew))
    },

    async left(workspace_id, left) {
      await users.changeEach(
        left.map(({ user_id, at }) => ({
          where: { workspace_id, user_id },
          update: { $max: { last_seen_at: at } },
        })),
      )
    },

    async update(workspaceId, seen, change) {
      const row = await changed(workspaceId, seen, ownChanges(seen.user_id, change))
      return row && toUser(row)
    },

    async set(workspaceId, seen, change) {
      const row = await changed(workspaceId, seen, settingsChanges(change))
      return row && toSettings(row)
    },

    get: async (workspaceId, userIds) => (await ordered(workspaceId, userIds)).map(toUser),

    settings: async (workspaceId, userIds) => (await ordered(workspaceId, userIds)).map(toSettings),

    async search(workspaceId, search) {
      const rows = await named(workspaceId, search)
      return { users: rows.slice(0, search.limit).map(toUser), more: rows.length > search.limit }
    },

    remove: async (workspace_id, user_id) => (await users.remove({ workspace_id, user_id })) > 0,
  }
}

function isFresh(row: UserRow, changes: Partial<UserRow>): boolean {
  const { last_seen_at, ...others } = changes
  if (last_seen_at === undefined || Object.keys(others).length > 0) return false
  return Date.parse(last_seen_at) - Date.parse(row.last_seen_at) < freshMs
}
