import type { Role } from '@dowellchat/protocol'
import { hex } from '../uuid.ts'

/** A user whose token the application has. Give another one with `client.update` before it expires. */
export interface TokenAuth {
  /** What the team's own back end has signed for this user. */
  readonly token: string
  /** The tenant; needed if the token names none and the server has several. */
  readonly workspace_id?: string
}

/** A user whose tokens the application fetches. */
export interface GetTokenAuth {
  /**
   * Fetches a token from the team's own back end: at every connect, and before the token expires. If it rejects, the client
   * is `offline` and tries again.
   */
  readonly getToken: () => Promise<string>
  readonly workspace_id?: string
  /** Whose tokens they are. With it, `ChatProvider` sees that another user has logged in. */
  readonly user_id?: string
}

/** Somebody who has not logged in, in a workspace that admits guests. The same guest comes back after a reload. */
export interface GuestAuth {
  readonly guest: true
  readonly workspace_id: string
  /** The display name. */
  readonly name?: string
}

/** A program on the team's own machines. Never ship a server key in a page. */
export interface ServerKeyAuth {
  readonly workspace_id: string
  readonly api_key: string
  readonly user_id: string
  /** The display name. */
  readonly name?: string
  /** Default `customer`. */
  readonly role?: Role
}

/** Who the client is, and what proves it. Another user needs another client. */
export type ChatAuth = TokenAuth | GetTokenAuth | GuestAuth | ServerKeyAuth

/** The claims that the client looks at. They decide nothing: the server reads the token itself. */
interface Claims {
  readonly sub?: unknown
  readonly workspace_id?: unknown
}

/** The six bits that a digit of base64url stands for: A–Z, a–z, 0–9, - and _ in this order. */
function bitsOf(digit: string): number {
  const code = digit.charCodeAt(0)
  if (digit === '_') return 63
  if (code > 96) return code - 71
  if (code > 64) return code - 65
  return code > 47 ? code + 4 : 62
}

/** The text of base64url. By hand: some platforms, as React Native, have had neither `atob` nor `TextDecoder` for long. */
function decoded(base64url: string): string {
  let bits = 0
  let count = 0
  let text = ''
  for (const char of base64url) {
    bits = (bits << 6) | bitsOf(char)
    count += 6
    if (count < 8) continue
    count -= 8
    text += `%${hex((bits >> count) & 255, 2)}`
  }
  return decodeURIComponent(text)
}

/** What a token claims; nothing if it cannot be read. */
function claimsOf(token: string): Claims {
  try {
    return { ...(JSON.parse(decoded(token.split('.')[1] ?? '')) as Claims) }
  } catch {
    return {}
  }
}

/** The workspace of a user; undefined if only the server knows. */
export function workspaceOf(auth: TokenAuth | GetTokenAuth | ServerKeyAuth): string | undefined {
  if (auth.workspace_id !== undefined || !('token' in auth)) return auth.workspace_id
  const { workspace_id } = claimsOf(auth.token)
  return typeof workspace_id === 'string' ? workspace_id : undefined
}

/**
 * Who an `auth` is, as far as it says: equal texts may be one user and share a client. Contains no secret.
 */
export function identityOf(auth: ChatAuth): string {
  if ('guest' in auth) return JSON.stringify(['guest', auth.workspace_id])
  const user = 'token' in auth ? claimsOf(auth.token).sub : auth.user_id
  return JSON.stringify(['user', workspaceOf(auth), user])
}
