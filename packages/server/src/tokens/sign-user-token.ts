import { importJWK, importPKCS8, type JWK, SignJWT } from 'jose'
import { reservedProblem } from './reserved-ids.ts'

/** Whom a token is for. */
export interface TokenUser {
  readonly user_id: string
  /** Needed if the server has several workspaces and the key is not one workspace's own. */
  readonly workspace_id?: string
  readonly name?: string
  /** The address of a picture, http or https. */
  readonly picture?: string
  /** Default: `customer`. */
  readonly role?: 'customer' | 'agent' | 'admin'
  /** The open rooms that the user may use, such as `['orders-*', 'lobby']`; `*` only at the end. Default: all. */
  readonly rooms?: readonly string[]
  /** How long the token is valid. Default: one hour. Servers refuse more than 30 days, unless configured. */
  readonly expires_in_ms?: number
}

export type TokenAlgorithm = 'EdDSA' | 'ES256' | 'RS256'

/** What to sign with: the secret that the server knows, or a private key whose public key it knows. */
export type SigningKey = (
  | { readonly secret: string }
  | {
      /** A PKCS #8 PEM text, or a JWK. */
      readonly privateKey: string | Readonly<Record<string, unknown>>
      readonly algorithm: TokenAlgorithm
    }
) & {
  /** The key's id in the server's JWKS document. */
  readonly kid?: string
  /** What the server expects as `iss`. */
  readonly issuer?: string
  /** What the server expects as `aud`. */
  readonly audience?: string
}

const hourMs = 60 * 60 * 1_000
const secretBytes = 32

/**
 * Signs a token that lets a user in. Your back end calls this for users who have logged in there, and hands the token to
 * their page. Keep the key away from every page.
 * @example
 * const token = await signUserToken({ user_id: user.id, name: user.name }, { secret: process.env.TOKEN_SECRET ?? '' })
 */
export function signUserToken(user: TokenUser, key: SigningKey): Promise<string> {
  return signUserTokenAt(Date.now(), user, key)
}

/** As `signUserToken`, at a time in milliseconds since 1970. */
export async function signUserTokenAt(
  nowMs: number,
  { user_id, workspace_id, name, picture, role, rooms, expires_in_ms = hourMs }: TokenUser,
  key: SigningKey,
): Promise<string> {
  const problem = user_id === '' ? 'expected a text' : reservedProblem(user_id)
  if (problem !== undefined) throw new TypeError(`user_id: ${problem}`)
  const { kid, issuer, audience } = key
  const algorithm = 'secret' in key ? 'HS256' : key.algorithm
  // With milliseconds: whoever logs in again right after all sessions were ended gets a token that counts as newer.
  const issuedAt = nowMs / 1_000
  const claims = { workspace_id, name, picture, role, rooms, iss: issuer, aud: audience }
  const given = Object.entries(claims).filter(([, value]) => value !== undefined)
  return new SignJWT({
    sub: user_id,
    iat: issuedAt,
    exp: issuedAt + expires_in_ms / 1_000,
    ...Object.fromEntries(given),
  })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(kid !== undefined && { kid }) })
    .sign(await importKey(key))
}

function importKey(key: SigningKey) {
  if ('secret' in key) {
    const bytes = new TextEncoder().encode(key.secret)
    if (bytes.length < secretBytes)
      throw new TypeError(`secret: expected at least ${secretBytes} bytes, got ${bytes.length}`)
    return bytes
  }
  const { privateKey, algorithm } = key
  // jose checks that it is one.
  return typeof privateKey === 'string'
    ? importPKCS8(privateKey, algorithm)
    : importJWK(privateKey as unknown as JWK, algorithm)
}
