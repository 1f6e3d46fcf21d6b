import type { Key } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import { repeated } from '../creation.ts'
import { hasEnded, type KeyRow, newKeyRow, toKey } from '../fields/keys.ts'
import type { Creation, KeyStore, NewKey } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** How many rows one call changes. It is little, since appends wait for the call to end. */
const rowsPerCall = 500

/** The keys of each workspace. */
export function embeddedKeys(db: Database, report: Report): Sync<KeyStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.keys
  const select = `SELECT ${selected} FROM keys`
  const byCid = db.prepare<Stored>(`${select} WHERE cid = ? AND workspace_id = ?`)
  const byHash = db.prepare<Stored>(`${select} WHERE workspace_id = ? AND hash = ?`)
  const byId = db.prepare<Stored>(`${select} WHERE workspace_id = ? AND id = ?`)
  const placeOf = db.prepare<{ n: number }>('SELECT n FROM keys WHERE workspace_id = ? AND id = ?')
  const newest = db.prepare<Stored>(`${select} WHERE workspace_id = ? AND n < ? ORDER BY n DESC LIMIT ?`)
  const insert = db.prepare(`INSERT INTO keys (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const expire = db.prepare(
    `UPDATE keys SET expires_at = ?1
     WHERE workspace_id = ?2 AND id = ?3 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?1)`,
  )
  const revoke = db.prepare(
    'UPDATE keys SET revoked_at = ? WHERE workspace_id = ? AND id = ? AND revoked_at IS NULL',
  )
  const used = db.prepare(
    `UPDATE keys SET last_used_at = ?1
     WHERE workspace_id = ?2 AND id = ?3 AND (last_used_at IS NULL OR last_used_at < ?1)`,
  )

  const replace = db.prepare(
    `UPDATE keys SET created_by = ?3 WHERE n IN
       (SELECT n FROM keys WHERE workspace_id = ?1 AND created_by = ?2 LIMIT ${rowsPerCall})`,
  )

  const keyOf = (stored: Stored): Key => toKey(toRow(stored))

  function find(workspaceId: string, keyId: string): Key | undefined {
    const stored = byId.get(workspaceId, keyId)
    return stored && keyOf(stored)
  }

  function make(row: KeyRow, { workspace_id }: NewKey): Creation<Key> {
    if (byHash.get(workspace_id, row.hash)) return { conflict: 'exists' }
    insert.run(workspace_id, ...valuesOf(row))
    return { created: true, row: toKey(row) }
  }

  function known({ cid, workspace_id, fingerprint }: NewKey): Creation<Key> | undefined {
    const stored = byCid.get(cid, workspace_id)
    return stored && repeated(toRow(stored), fingerprint, toKey)
  }

  return {
    create: (key) => known(key) ?? make(newKeyRow(key, null), key),

    find(workspaceId, hash) {
      const stored = byHash.get(workspaceId, hash)
      return stored ? keyOf(stored) : null
    },

    get: (workspaceId, keyId) => find(workspaceId, keyId) ?? null,

    list(workspaceId, { before, limit }) {
      const end = before === undefined ? Number.MAX_SAFE_INTEGER : placeOf.get(workspaceId, before)?.n
      const rows = end === undefined ? [] : newest.all(workspaceId, end, limit + 1)
      const from = { workspace_id: workspaceId, collection: 'keys', report }
      return { keys: readable(rows.slice(0, limit), keyOf, from), more: rows.length > limit }
    },

    rotate(workspaceId, keyId, successor, until) {
      const old = find(workspaceId, keyId)
      if (!old) return { refused: 'missing' }
      const key = { ...successor, workspace_id: workspaceId }
      const earlier = known(key)
      if (!earlier && hasEnded(old)) return { refused: 'ended' }
      const creation = earlier ?? make(newKeyRow(key, keyId), key)
      if ('conflict' in creation) return creation
      expire.run(until, workspaceId, keyId)
      return { ...creation, replaced: find(workspaceId, keyId) ?? old }
    },

    revoke(workspaceId, keyId) {
      const { changes } = revoke.run(isoNow(), workspaceId, keyId)
      const key = find(workspaceId, keyId)
      return key ? { key, revoked_now: Number(changes) === 1 } : null
    },

    used(workspaceId, keyId, at) {
      used.run(at, workspaceId, keyId)
    },

    replaceUser: (workspaceId, userId, replacement) =>
      Number(replace.run(workspaceId, userId, replacement).changes),
  }
}
