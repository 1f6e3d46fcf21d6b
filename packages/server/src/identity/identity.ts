import type { KeyScope, Session } from '@dowellchat/protocol'

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
  /** The address of the user's picture, if the proof has one. */
  readonly picture?: string | null
}

/** The session of somebody who is nobody's former guest and may use every room. */
export function plainSession(
  who: Pick<Session, 'workspace_id' | 'user_id' | 'role' | 'name' | 'device_id'>,
): Session {
  return { ...who, is_guest: false, user_ids: [who.user_id], rooms: null }
}
