import type { Key } from '@dowellchat/protocol'
import type { ClientMade, Creation, ListRange } from './rows.ts'

export interface NewKey
  extends ClientMade,
    Pick<Key, 'kind' | 'name' | 'prefix' | 'scopes' | 'created_by' | 'expires_at'> {
  readonly workspace_id: string
  readonly hash: string
}

/** `ended`: the key has expired or is revoked. */
export type Rotation =
  | { readonly created: boolean; readonly row: Key; readonly replaced: Key }
  | Extract<Creation<Key>, { readonly conflict: unknown }>
  | { readonly refused: 'missing' | 'ended' }

export interface KeyStore {
  /** A cid is unique per workspace, and so is a hash. */
  create(key: NewKey): Promise<Creation<Key>>
  /** The key of a hash, also one that has ended. */
  find(workspaceId: string, hash: string): Promise<Key | null>
  get(workspaceId: string, keyId: string): Promise<Key | null>
  /** Newest first. */
  list(workspaceId: string, range: ListRange): Promise<{ keys: Key[]; more: boolean }>
  /**
   * Creates the successor of a key and lets the key expire, unless it expires earlier. Repeating it with the same cid
   * completes what was interrupted.
   * @param until when the key expires
   */
  rotate(workspaceId: string, keyId: string, successor: NewKey, until: string): Promise<Rotation>
  /** Revokes once; null where there is no such key. */
  revoke(workspaceId: string, keyId: string): Promise<{ key: Key; revoked_now: boolean } | null>
  /** Notes when a key was used; an earlier time than the one that is kept changes nothing. */
  used(workspaceId: string, keyId: string, at: string): Promise<void>
  /** Replaces a user's id in `created_by`, in a bounded number of rows at a call; answers in how many. */
  replaceUser(workspaceId: string, userId: string, replacement: string): Promise<number>
}
