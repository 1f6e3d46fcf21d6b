import { cleanName, describeProblem, Handshake } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { RequestError } from '../errors.ts'
import { reservedProblem } from '../tokens/reserved-ids.ts'
import type { Guests } from './guests.ts'
import type { Identity } from './identity.ts'
import type { Keys } from './keys.ts'
import type { Prove } from './proof.ts'
import { identityOfServerKey } from './server-keys.ts'
import type { Workspaces } from './workspaces.ts'

/** With what the contract does not know: a team's own `authenticate` may look for it. */
const AnyHandshake = z.catchall(Handshake, z.unknown())

/** Parses a handshake's `auth`. Fails with `unauthenticated`. */
export function readHandshake(auth: unknown): Handshake {
  const parsed = z.safeParse(AnyHandshake, auth ?? {})
  if (!parsed.success) throw new RequestError('unauthenticated', describeProblem(parsed.error, auth))
  return parsed.data
}

/** What the ways in need of the server. */
export interface Ways {
  readonly workspaces: Workspaces
  readonly guests: Guests
  readonly proveToken: Prove
  readonly keys: Keys
  /** The workspace of a handshake that names none. */
  readonly defaultWorkspace: string | undefined
}

/** Who a handshake is from, by the one proof that it brings. Fails with `unauthenticated`. */
export async function authenticate(
  handshake: Handshake,
  device_id: string,
  { workspaces, guests, proveToken, keys, defaultWorkspace }: Ways,
): Promise<Identity> {
  const { token, guest, guest_token, workspace_id, api_key, user_id, name } = handshake
  if (token !== undefined) return proveToken({ ...handshake, token }, device_id)
  if (guest) {
    const { _id } = workspaces.enterAsGuest(workspace_id ?? '')
    return guests.enter({ workspace_id: _id, guest_token, name: cleanName(name), device_id })
  }
  if (user_id === undefined) throw new RequestError('unauthenticated', 'user_id: expected text, got nothing')
  const problem = reservedProblem(String(user_id))
  if (problem !== undefined) throw new RequestError('unauthenticated', `user_id: ${problem}`)
  if (api_key === undefined)
    throw new RequestError('unauthenticated', 'user_id: needs a server key or a token')
  return identityOfServerKey(handshake, workspace_id ?? defaultWorkspace ?? '', device_id, keys)
}

/**
 * The identity with the guests whom its user was. Beside a token, the guest of `guest_token` becomes that user, which writes
 * rows that stay: call this once nothing else refuses the handshake.
 */
export async function bringGuests(
  identity: Identity,
  { guest_token }: Handshake,
  guests: Guests,
): Promise<Identity> {
  const { kind } = identity.credential
  if (kind === 'guest' || kind === 'none') return identity
  if (kind === 'token' && guest_token !== undefined) await guests.bring(guest_token, identity.session)
  return guests.withGuests(identity)
}
