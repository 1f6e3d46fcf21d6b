import { countedCache } from '../counted-cache.ts'
import { RequestError } from '../errors.ts'
import type { Revocation, RevocationStore } from '../stores/store.ts'
import { erasedId } from './erased.ts'
import type { Identity } from './identity.ts'
import type { Keys } from './keys.ts'

/** For a socket that was let in just before a revocation and connects just after it. */
const rememberedMs = 60_000
const rememberedUsers = 10_000

/** What was issued to a user, and when, in milliseconds since 1970. */
export interface Issued {
  readonly workspace_id: string
  readonly user_id: string
  readonly issued_at: number
}

/**
 * Users whose sessions were ended: what was issued to them before is refused. The revocation of an erased user is kept
 * under what took the place of their id.
 */
export class Revocations {
  readonly #store: RevocationStore
  readonly #keys: Pick<Keys, 'hash'>
  readonly #recent = countedCache<string, string>(rememberedUsers, rememberedMs)

  constructor(store: RevocationStore, keys: Pick<Keys, 'hash'>) {
    this.#store = store
    this.#keys = keys
  }

  /** Fails with `unauthenticated` if the identity's proof is older than its user's revocation. */
  async refuseRevoked(identity: Identity): Promise<void> {
    const issued_at = issuedAt(identity)
    if (issued_at === undefined) return
    const { workspace_id, user_id } = identity.session
    if (await this.isRevoked({ workspace_id, user_id, issued_at })) throw sessionsRevoked()
  }

  /** Whether what a user holds was issued before their sessions were ended. */
  async isRevoked({ workspace_id, user_id, issued_at }: Issued): Promise<boolean> {
    const asked = this.#idsOf(workspace_id, user_id).map((id) => this.#store.get(workspace_id, id))
    const revocations = await Promise.all(asked)
    return revocations.some((one) => one !== null && issued_at < Date.parse(one.revoked_before))
  }

  /** Remembers a revocation for a minute. */
  note(workspaceId: string, { user_id, revoked_before }: Revocation): void {
    this.#recent.set(keyOf(workspaceId, user_id), revoked_before)
  }

  /** Whether a revocation of the last minute concerns the identity. */
  isNoted(identity: Identity): boolean {
    if (issuedAt(identity) === undefined || this.#recent.size === 0) return false
    const { workspace_id, user_id } = identity.session
    return this.#idsOf(workspace_id, user_id).some((id) => {
      const before = this.#recent.get(keyOf(workspace_id, id))
      return before !== undefined && isIssuedBefore(identity, before)
    })
  }

  /** The ids under which a user's revocation may be. */
  #idsOf(workspaceId: string, userId: string): string[] {
    return [userId, erasedId(this.#keys, workspaceId, userId)]
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
