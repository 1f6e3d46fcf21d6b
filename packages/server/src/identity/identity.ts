import type { KeyScope, Session } from '@dowellchat/protocol'
import { RequestError } from '../errors.ts'
import { dateNow } from '../time.ts'

/** What only certain server keys may do. */
export type Scope = KeyScope

/** How a connection, or one request of a V2 page, has proved who it is. Times in milliseconds since 1970. */
export type Credential =
  | { readonly kind: 'token'; readonly issued_at: number; readonly expires_at: number | null }
  | { readonly kind: 'guest'; readonly issued_at: number; readonly expires_at: number }
  | { readonly kind: 'server_key'; readonly key_id: string; readonly scopes: readonly Scope[] }
  | { readonly kind: 'page_key'; readonly key_id: string }
  /** A V2 socket that has proved nothing. */
  | { readonly kind: 'none' }

/** Who is connected, and what proves it. */
export interface Identity {
  readonly session: Session
  readonly credential: Credential
  /** What a guest comes back with. */
  readonly guest_token?: string
  /** The address of the user's picture, if the proof has one. */
  readonly picture?: string | null
  /** Whether it says of itself that it is a program. */
  readonly is_program?: boolean
}

/** The session of somebody who is nobody's former guest and may use every room. */
export function plainSession(
  who: Pick<Session, 'workspace_id' | 'user_id' | 'role' | 'name' | 'device_id'>,
): Session {
  return { ...who, is_guest: false, user_ids: [who.user_id], rooms: null }
}

/** Who is connected, for whatever is counted by user; undefined if nothing proves it, as V2's pages do not. */
export function provedUser({
  session,
  credential,
}: Pick<Identity, 'session' | 'credential'>): string | undefined {
  const isProved = credential.kind !== 'none' && credential.kind !== 'page_key'
  return isProved ? `${session.workspace_id}\n${session.user_id}` : undefined
}

/** Whether anybody can come as any number of them: guests, and V2's pages. */
export function isAnybody(identity: Pick<Identity, 'session' | 'credential'>): boolean {
  return identity.session.is_guest || provedUser(identity) === undefined
}

/** How far the clocks of those who make tokens may be off. */
export const leewayMs = 30_000

/** Whether what proved an identity has expired. */
export function isExpired(credential: Credential): boolean {
  if (credential.kind !== 'token' || credential.expires_at === null) return false
  return credential.expires_at + leewayMs <= dateNow()
}

export function tokenExpired(): RequestError {
  return new RequestError('unauthenticated', 'The token has expired', 'token_expired')
}
