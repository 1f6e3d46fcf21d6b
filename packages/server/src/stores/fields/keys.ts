import type { Key } from '@dowellchat/protocol'
import { dateNow, isoNow } from '../../time.ts'
import type { NewKey } from '../domains/keys.ts'
import type { ClientMade } from '../domains/rows.ts'
import { newId } from '../ids.ts'
import { clientMadeFields, type EntityFields, entityOf, inStore, json, orNull, text } from './field.ts'

/** A key as every store keeps it. */
export interface KeyRow extends Key, ClientMade {
  /** HMAC-SHA-256 of the secret under the server's pepper, base64url. */
  readonly hash: string
}

export const keyFields: EntityFields<KeyRow, Key> = {
  _id: text,
  kind: text,
  name: orNull(text),
  prefix: text,
  scopes: json,
  created_at: text,
  created_by: text,
  expires_at: orNull(text),
  revoked_at: orNull(text),
  last_used_at: orNull(text),
  replaces: orNull(text),
  hash: inStore(text),
  ...clientMadeFields,
}

export const toKey: (row: KeyRow) => Key = entityOf<KeyRow, Key>(keyFields)

/** A new key. @param replaces the key that is rotated */
export function newKeyRow(key: NewKey, replaces: string | null): KeyRow {
  const { kind, name, prefix, scopes, created_by, expires_at, hash, cid, fingerprint } = key
  return {
    _id: newId(),
    kind,
    name,
    prefix,
    scopes: [...scopes],
    created_at: isoNow(),
    created_by,
    expires_at,
    revoked_at: null,
    last_used_at: null,
    replaces,
    hash,
    cid,
    fingerprint,
  }
}

/** Whether a key opens nothing any more. */
export function hasEnded({ revoked_at, expires_at }: Pick<Key, 'revoked_at' | 'expires_at'>): boolean {
  return revoked_at !== null || (expires_at !== null && Date.parse(expires_at) <= dateNow())
}
