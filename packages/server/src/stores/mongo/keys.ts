import type { Key } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import { repeated } from '../creation.ts'
import { hasEnded, type KeyRow, keyFields, newKeyRow, toKey } from '../fields/keys.ts'
import type { Creation, KeyStore, NewKey } from '../store.ts'
import { createNumbered } from './creating.ts'
import type { Database } from './database.ts'
import { type NumberedRow, numberedFields, numbersOf } from './numbers.ts'
import { changeSome, type Declaration, type Rows } from './rows.ts'
import { above, below } from './where.ts'

export type KeyDocument = KeyRow & NumberedRow

const declaration: Declaration<KeyDocument> = {
  fields: { ...keyFields, ...numberedFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'place', key: { workspace_id: 1, n: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, cid: 1 }, unique: true },
    { name: 'hash', key: { workspace_id: 1, hash: 1 }, unique: true },
    { name: 'creator', key: { workspace_id: 1, created_by: 1 } },
  ],
}

/** The keys' documents. */
export function keyRows(database: Database): Rows<KeyDocument> {
  return database.rows('keys', declaration)
}

/** The keys of each workspace. */
export function mongoKeys(database: Database): KeyStore {
  const keys = keyRows(database)
  const numbers = numbersOf(keys)

  async function find(workspace_id: string, _id: string): Promise<Key | undefined> {
    const row = await keys.get({ workspace_id, _id })
    return row && toKey(row)
  }

  async function make(key: NewKey, replaces: string | null): Promise<Creation<Key>> {
    const { workspace_id, cid } = key
    const row = newKeyRow(key, replaces)
    const creation = await createNumbered(database, keys, numbers, workspace_id, row, {
      make: (n) => ({ ...row, workspace_id, n }),
      byCid: () => keys.get({ workspace_id, cid }),
      byName: () => keys.get({ workspace_id, hash: row.hash }),
    })
    return 'row' in creation ? { ...creation, row: toKey(creation.row) } : creation
  }

  /** Lets a key expire, unless it is revoked or expires earlier. */
  async function expire(workspace_id: string, _id: string, until: string): Promise<void> {
    const live = { workspace_id, _id, revoked_at: null }
    for (const expires_at of [null, above(until)])
      await keys.change({ ...live, expires_at }, { $set: { expires_at: until } })
  }

  return {
    create: (key) => make(key, null),

    async find(workspace_id, hash) {
      const row = await keys.get({ workspace_id, hash })
      return row ? toKey(row) : null
    },

    get: async (workspace_id, keyId) => (await find(workspace_id, keyId)) ?? null,

    async list(workspace_id, { before, limit }) {
      const place = before === undefined ? undefined : await keys.get({ workspace_id, _id: before }, ['n'])
      if (before !== undefined && !place) return { keys: [], more: false }
      const where = { workspace_id, n: below(place?.n ?? Number.MAX_SAFE_INTEGER) }
      const rows = await keys.find(where, { sort: { n: -1 }, limit: limit + 1 })
      return { keys: rows.slice(0, limit).map(toKey), more: rows.length > limit }
    },

    async rotate(workspace_id, keyId, successor, until) {
      const old = await find(workspace_id, keyId)
      if (!old) return { refused: 'missing' }
      const key = { ...successor, workspace_id }
      const earlier = await keys.get({ workspace_id, cid: key.cid })
      if (!earlier && hasEnded(old)) return { refused: 'ended' }
      const creation = earlier ? repeated(earlier, key.fingerprint, toKey) : await make(key, keyId)
      if ('conflict' in creation) return creation
      await expire(workspace_id, keyId, until)
      return { ...creation, replaced: (await find(workspace_id, keyId)) ?? old }
    },

    async revoke(workspace_id, _id) {
      const revoked_at = isoNow()
      const changed = await keys.changeAndRead(
        { workspace_id, _id, revoked_at: null },
        { $set: { revoked_at } },
      )
      if (changed) return { key: toKey(changed), revoked_now: true }
      const key = await find(workspace_id, _id)
      return key ? { key, revoked_now: false } : null
    },

    async used(workspace_id, _id, at) {
      await keys.change({ workspace_id, _id }, { $max: { last_used_at: at } })
    },

    replaceUser: (workspace_id, created_by, replacement) =>
      changeSome(keys, { workspace_id, created_by }, { $set: { created_by: replacement } }),
  }
}
