import { hkdfSync } from 'node:crypto'
import { Id } from '@dowellchat/protocol'
import { jwtVerify, SignJWT } from 'jose'
import { v4 as uuid } from 'uuid'
import * as z from 'zod/mini'
import { countedCache } from '../counted-cache.ts'
import { RequestError } from '../errors.ts'
import type { Person } from '../stores/person.ts'
import type { AliasStore } from '../stores/store.ts'
import { dateNow } from '../time.ts'
import { anonymousPrefix, isAnonymous } from './anonymous.ts'
import { type Identity, plainSession } from './identity.ts'
import type { Revocations } from './revocations.ts'

/** Of so many guests that became one user, the newest, what is theirs is the user's. */
const mostGuests = 20
const daysMs = 24 * 60 * 60 * 1_000
const tokenDays = 90
const audience = 'dowellchat guests'
/** For how many users it is remembered that they were no guests, or became theirs lately. */
const keptUsers = 10_000

/** What a guest's token says. */
interface GuestToken {
  readonly workspace_id: string
  readonly guest_id: string
  readonly issued_at: number
  readonly expires_at: number
}

const Claims = z.object({ sub: Id, workspace_id: Id, iat: z.number(), exp: z.number() })

/** Somebody who wants in as a guest. */
export interface GuestHandshake {
  readonly workspace_id: string
  readonly guest_token: string | undefined
  readonly name: string | null
  readonly device_id: string
}

/** The guests: who they are over a reload, and whom they have become. */
export class Guests {
  readonly #key: Uint8Array
  readonly #aliases: AliasStore
  readonly #revocations: Pick<Revocations, 'isRevoked'>
  /**
   * Users who were no guests, by `keyOf`, until one becomes them. Whose guests there are is asked each time: it ends with an erasure,
   * whose last step only the store knows.
   */
  readonly #without = countedCache<string, true>(keptUsers)
  /** Who has become a user lately, and the last guest whom users were: for handshakes that were under way meanwhile. */
  readonly #lately = countedCache<string, string>(keptUsers, 60_000)

  readonly #announce: (alias: NewAlias) => Promise<void>

  /** @param announce lets every server on the store, this one too, note an alias */
  constructor(
    pepper: string,
    aliases: AliasStore,
    revocations: Pick<Revocations, 'isRevoked'>,
    announce: (alias: NewAlias) => Promise<void>,
  ) {
    this.#key = new Uint8Array(hkdfSync('sha256', pepper, '', audience, 32))
    this.#aliases = aliases
    this.#revocations = revocations
    this.#announce = announce
  }

  /** A new guest, or the one of the token. Fails with `unauthenticated` where that is not valid or has become a user. */
  async enter({ workspace_id, guest_token, name, device_id }: GuestHandshake): Promise<Identity> {
    const kept = guest_token === undefined ? undefined : await this.#read(guest_token, workspace_id)
    if (kept === null || (kept && (await this.#aliases.get(workspace_id, kept.guest_id)))) throw dead()
    const user_id = kept?.guest_id ?? `${anonymousPrefix}${uuid()}`
    const session = plainSession({ workspace_id, user_id, role: 'customer', name, device_id })
    // They would have the rights of V2's pages.
    if (isAnonymous(session))
      throw new RequestError('unauthenticated', 'device_id: expected an id of its own')
    const now = dateNow()
    const token = await this.#sign(workspace_id, user_id, now)
    return {
      session: { ...session, is_guest: true },
      credential: {
        kind: 'guest',
        // The kept token's, since the new one must not make up for the end of the guest's sessions.
        issued_at: kept?.issued_at ?? now,
        expires_at: now + tokenDays * daysMs,
      },
      guest_token: token,
    }
  }

  /**
   * The guest of a token becomes a user, unless they have become one before. A token that is not valid, or whose guest's
   * sessions were ended, is ignored.
   */
  async bring(token: string, { workspace_id, user_id }: Identity['session']): Promise<void> {
    const guest = await this.#read(token, workspace_id)
    if (!guest) return
    const { guest_id, issued_at } = guest
    if (await this.#revocations.isRevoked({ workspace_id, user_id: guest_id, issued_at })) return
    const { row } = await this.#aliases.create(workspace_id, guest_id, user_id)
    if (row.user_id !== user_id) return
    const alias = { workspace_id, guest_id, user_id }
    this.note(alias)
    await this.#announce(alias)
  }

  /** The identity with the ids of the guests whom its user was. */
  async withGuests(identity: Identity): Promise<Identity> {
    const { session } = identity
    const { workspace_id, user_id } = session
    if (this.#without.get(keyOf(workspace_id, user_id))) return identity
    const guests = await this.#list(workspace_id, user_id)
    if (guests.length === 0) return identity
    return { ...identity, session: { ...session, user_ids: [user_id, ...guests] } }
  }

  async #list(workspace_id: string, user_id: string): Promise<readonly string[]> {
    const key = keyOf(workspace_id, user_id)
    const latest = this.#lately.get(key)
    const rows = await this.#aliases.list(workspace_id, user_id, { limit: mostGuests })
    // Not if one was added during the look.
    if (rows.length === 0 && this.#lately.get(key) === latest) this.#without.set(key, true)
    return rows.map(({ guest_id }) => guest_id)
  }

  /** Notes that a guest has become a user, on whichever server. */
  note({ workspace_id, guest_id, user_id }: NewAlias): void {
    this.#without.delete(keyOf(workspace_id, user_id))
    this.#lately.set(keyOf(workspace_id, user_id), guest_id)
    this.#lately.set(keyOf(workspace_id, guest_id), user_id)
  }

  /** Drops what is remembered of somebody who was erased: who comes again has been none of these guests. */
  forget(workspaceId: string, { has }: Pick<Person, 'has'>): void {
    const before = keyOf(workspaceId, '')
    for (const key of [...this.#lately.keys()])
      if (key.startsWith(before) && has(key.slice(before.length))) this.#lately.delete(key)
  }

  /** Whether a session is older than a guest's becoming this user. Remembered for a minute only. */
  isOutdated({ workspace_id, user_id, user_ids, is_guest }: Identity['session']): boolean {
    const lately = this.#lately.get(keyOf(workspace_id, user_id))
    return lately !== undefined && (is_guest || !user_ids.includes(lately))
  }

  #sign(workspace_id: string, guest_id: string, now: number): Promise<string> {
    return new SignJWT({ workspace_id })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(guest_id)
      .setAudience(audience)
      .setIssuedAt(new Date(now))
      .setExpirationTime(new Date(now + tokenDays * daysMs))
      .sign(this.#key)
  }

  /** What a token of the workspace says; null if it is not valid. */
  async #read(token: string, workspace_id: string): Promise<GuestToken | null> {
    try {
      const { payload } = await jwtVerify(token, this.#key, { algorithms: ['HS256'], audience })
      const { sub, iat, exp, ...claims } = z.parse(Claims, payload)
      if (claims.workspace_id !== workspace_id) return null
      return { workspace_id, guest_id: sub, issued_at: iat * 1_000, expires_at: exp * 1_000 }
    } catch {
      return null
    }
  }
}

/** That a guest has become a user. */
export interface NewAlias {
  readonly workspace_id: string
  readonly guest_id: string
  readonly user_id: string
}

function keyOf(workspace_id: string, user_id: string): string {
  return `${workspace_id}\n${user_id}`
}

/** The SDK comes once more, as a new guest. */
function dead(): RequestError {
  return new RequestError('unauthenticated', 'The guest token is not valid any more', { guest_token: 'dead' })
}
