import type { Key, KeyRequests } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { Scope } from '../../identity/identity.ts'
import { newSecret } from '../../identity/secrets.ts'
import type { Change, NewKey } from '../../stores/store.ts'
import { dateNow } from '../../time.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireRow } from './access.ts'

const defaultKeys = 50
const defaultGraceMs = 24 * 60 * 60 * 1_000

export const keyHandlers: Handlers<KeyRequests> = {
  async create_key({ kind, name = null, scopes = [], expires_at = null, cid }, context) {
    if (kind === 'page' && scopes.length > 0)
      throw new RequestError('invalid_payload', 'scopes: a page key has none')
    requireScopes(context, scopes)
    requireFuture(expires_at)
    const { secret, ...key } = newKey(context, cid, { kind, name, scopes, expires_at })
    const { row, created } = requireRow(await context.store.keys.create(key), cid, 'Key')
    return { key: row, secret: created ? secret : null }
  },

  async get_keys({ before, limit = defaultKeys }, { session, store }) {
    return store.keys.list(session.workspace_id, { limit, ...(before !== undefined && { before }) })
  },

  async rotate_key({ key_id, grace_ms = defaultGraceMs, expires_at = null, cid }, context) {
    const { workspace_id } = context.session
    const { kind, name, scopes } = await requireKey(context, key_id)
    requireFuture(expires_at)
    const { secret, ...successor } = newKey(context, cid, { kind, name, scopes, expires_at })
    const until = new Date(dateNow() + grace_ms).toISOString()
    const rotation = await afterWrite(
      context,
      key_id,
      context.store.keys.rotate(workspace_id, key_id, successor, until),
      ({ revoked_at, expires_at: ends_at }) => revoked_at !== null || (ends_at !== null && ends_at <= until),
    )
    if ('refused' in rotation) throw cannotRotate(key_id, rotation.refused)
    const { row, created } = requireRow(rotation, cid, 'Key')
    const replaced = 'replaced' in rotation ? rotation.replaced : row
    await announceEnd(context, replaced)
    return { key: row, secret: created ? secret : null, replaced }
  },

  async revoke_key({ key_id }, context) {
    await requireKey(context, key_id)
    const revoked = await afterWrite(
      context,
      key_id,
      context.store.keys.revoke(context.session.workspace_id, key_id),
      ({ revoked_at }) => revoked_at !== null,
    )
    if (!revoked) throw keyNotFound(key_id)
    // Also for a repeated request: the earlier try may have failed before this.
    await announceEnd(context, revoked.key)
    return revoked
  },
}

type Wanted = Pick<NewKey, 'kind' | 'name' | 'scopes' | 'expires_at'>

function newKey(context: Context, cid: string, wanted: Wanted): NewKey & { readonly secret: string } {
  const { workspace_id, user_id: created_by } = context.session
  const { secret, prefix } = newSecret()
  const hash = context.keys.hash(secret)
  const { fingerprint } = context
  return { ...wanted, workspace_id, created_by, prefix, hash, cid, fingerprint, secret }
}

/** The key. Whoever has fewer scopes could take others by its successor, and so may not touch it. */
async function requireKey(context: Context, keyId: string): Promise<Key> {
  const key = await context.store.keys.get(context.session.workspace_id, keyId)
  if (!key) throw keyNotFound(keyId)
  requireScopes(context, key.scopes)
  return key
}

/** Throws if the asker's key has not all of these scopes itself. */
function requireScopes({ credential }: Context, scopes: readonly Scope[]): void {
  const own = credential.kind === 'server_key' ? credential.scopes : []
  const missing = scopes.find((scope) => !own.includes(scope))
  if (missing === undefined) return
  throw new RequestError('forbidden', `scopes: your key does not have ${missing} itself`)
}

function requireFuture(expires_at: string | null): void {
  if (expires_at === null || Date.parse(expires_at) > dateNow()) return
  throw new RequestError('invalid_payload', 'expires_at: expected a time in the future')
}

function keyNotFound(keyId: string): RequestError {
  return new RequestError('not_found', `Key ${keyId} does not exist`)
}

function cannotRotate(keyId: string, why: 'missing' | 'ended'): RequestError {
  if (why === 'missing') return keyNotFound(keyId)
  return new RequestError('conflict', `Key ${keyId} has expired or is revoked`)
}

/** What a write of the store answers. Where it does not answer, the key's end is announced once it is stored. */
function afterWrite<Done>(
  { session: { workspace_id }, store, changes }: Context,
  keyId: string,
  writing: Promise<Done>,
  isStored: (key: Key) => boolean,
): Promise<Done> {
  return changes.afterWrite(writing, async () => {
    const key = await store.keys.get(workspace_id, keyId)
    return key && isStored(key) ? endOf(workspace_id, key) : undefined
  })
}

async function announceEnd({ session, changes }: Context, key: Key): Promise<void> {
  const end = endOf(session.workspace_id, key)
  if (end) await changes.announce(end)
}

function endOf(workspace_id: string, key: Key): Change | undefined {
  // Whatever the clocks of other servers say, a key that was revoked has ended.
  const ends_at = key.revoked_at === null ? key.expires_at : new Date(0).toISOString()
  return ends_at === null ? undefined : { kind: 'key_ended', workspace_id, key_id: key._id, ends_at }
}
