import { LRUCache } from 'lru-cache'
import { RequestError } from '../errors.ts'
import type { Revocation, RevocationStore } from '../stores/store.ts'
import type { Identity } from './identity.ts'

/** For a socket that was let in just before a revocation and connects just after it. */
const rememberedMs = 60_000
const rememberedUsers = 10_000

/** Users whose sessions were ended: what was issued to them before is refused. */
export class Revocations {
  readonly #store: RevocationStore
  readonly #recent = new LRUCache<string, string>({ max: rememberedUsers, ttl: rememberedMs })

  constructor(store: RevocationStore) {
    this.#store = store
  }

  /** Fails with `unauthenticated` if the identity's proof is older than its user's revocation. */
  async refuseRevoked(identity: Identity): Promise<void> {
    if (issuedAt(identity) === undefined) return
    const { workspace_id, user_id } = identity.session
    const revocation = await this.#store.get(workspace_id, user_id)
    if (revocation && isIssuedBefore(identity, revocation.revoked_before)) throw sessionsRevoked()
  }

  /** Remembers a revocation for a minute. */
  note(workspaceId: string, { user_id, revoked_before }: Revocation): void {
    this.#recent.set(keyOf(workspaceId, user_id), revoked_before)
  }

  /** Whether a revocation of the last minute concerns the identity. */
  isNoted(identity: Identity): boolean {
    if (issuedAt(identity) === undefined) return false
    const { workspace_id, user_id } = identity.session
    const before = this.#recent.get(keyOf(workspace_id, user_id))
    return before !== undefined && isIssuedBefore(identity, before)
  }
}

/** Whether the proof was issued before a time. Keys are revoked by themselves. */
export function isIssuedBefore(identity: Identity, time: string): boolean {
  const issued = issuedAt(identity)
  return issued !== undefined && issued < Date.parse(time)
}

export function sessionsRevoked(): RequestError {
  return new RequestError('unauthenticated', 'The sessions of this user were ended', 'revoked')
}

function issuedAt({ credential }: Identity): number | undefined {
  return credential.kind === 'token' || credential.kind === 'guest' ? credential.issued_at : undefined
}

function keyOf(workspaceId: string, userId: string): string {
  return `${workspaceId}\n${userId}`
}
