import type { JsonWebKey } from 'node:crypto'
import { limits } from '@dowellchat/protocol'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import * as z from 'zod/mini'
import { RequestError, StartError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { dateNow } from '../time.ts'
import { leewayMs } from './identity.ts'
import { Jwks, type KeyWanted } from './jwks.ts'
import { TokenClaims } from './token-claims.ts'
import { publicAlgorithms, publicKey, secretKey, type TokenKey } from './token-keys.ts'

/** Which tokens let somebody in. Several keys at once, of any kind, let you rotate them. */
export interface TokenOptions {
  /** HS256 secrets of at least 32 bytes. They never enter the store. */
  readonly secrets?: readonly string[]
  /** Ed25519 (EdDSA), P-256 (ES256) or RSA (RS256) keys, in PEM or as JWKs. */
  readonly publicKeys?: readonly (string | JsonWebKey)[]
  /** A JWKS document with such keys: a file, or a URL that is read again when a token names an unknown key. */
  readonly jwks?: string
  /** Required as `iss`. */
  readonly issuer?: string
  /** Required as `aud`, or among several. */
  readonly audience?: string
  /** The longest time between `iat` and `exp`. Default: 30. */
  readonly maxDays?: number
}

/** Options for the whole server, or for one workspace. */
export interface TokenOwner {
  /** Null for the server. */
  readonly workspace_id: string | null
  readonly tokens: TokenOptions
}

/** What a valid token says; the workspace is the one that its key decides. */
export interface VerifiedToken {
  readonly workspace_id: string
  readonly claims: TokenClaims
}

const defaultMaxDays = 30
const daySeconds = 24 * 60 * 60

/** The keys of one owner. */
interface KeySet extends TokenOwner {
  readonly fixed: readonly TokenKey[]
  readonly jwks: Jwks | undefined
}

/** Verifies tokens. Algorithms and keys come from the configuration; a token only chooses among them. */
export class Tokens {
  readonly #sets: readonly KeySet[]
  readonly #workspaces: ReadonlySet<string>

  private constructor(sets: readonly KeySet[], workspaces: readonly string[]) {
    this.#sets = sets
    this.#workspaces = new Set(workspaces)
  }

  /** @throws StartError for a key that is no key or is configured twice */
  static async open(
    owners: readonly TokenOwner[],
    workspaces: readonly string[],
    logger: Logger,
  ): Promise<Tokens> {
    const sets = await Promise.all(owners.map((owner) => openKeys(owner, logger)))
    refuseSharedKeys(sets)
    return new Tokens(sets, workspaces)
  }

  /**
   * Fails with `unauthenticated` and always the same text; with `unavailable` while a JWKS document cannot be read that may have
   * the token's key.
   */
  async verify(token: string): Promise<VerifiedToken> {
    if (token.length > limits.token_bytes) throw invalid('it is too long')
    const wanted = peek(token)
    const sets = this.#sets.filter((set) => isFor(set, wanted.workspace_id))
    let reason: unknown = 'no key fits'
    let retryAfterMs: number | undefined
    for (const set of sets) {
      const found = await candidates(set, wanted)
      retryAfterMs = found.retryAfterMs ?? retryAfterMs
      for (const key of found.keys) {
        try {
          return this.#accept(set, await verifyWith(token, wanted.alg, key, set.tokens))
        } catch (error) {
          reason = error
        }
      }
    }
    if (retryAfterMs !== undefined) throw notNow(retryAfterMs)
    throw invalid(reason)
  }

  #accept({ workspace_id: owner, tokens }: KeySet, payload: unknown): VerifiedToken {
    const parsed = z.safeParse(TokenClaims, payload)
    if (!parsed.success) throw parsed.error
    const claims = parsed.data
    const now = dateNow() / 1_000
    const maxSeconds = (tokens.maxDays ?? defaultMaxDays) * daySeconds
    if (!(claims.exp - claims.iat <= maxSeconds)) throw new Error('it is valid for too long')
    if (claims.iat > now + leewayMs / 1_000) throw new Error('it is from the future')
    const [only, ...others] = this.#workspaces
    const workspace_id = owner ?? claims.workspace_id ?? (others.length === 0 ? only : undefined)
    if (workspace_id === undefined || !this.#workspaces.has(workspace_id))
      throw new Error('it names no workspace of this server')
    return { workspace_id, claims }
  }
}

/** What a token claims about how to verify it. Nothing of this is believed; it only chooses among our keys. */
interface Claimed extends KeyWanted {
  readonly alg: string
  readonly workspace_id: unknown
}

function peek(token: string): Claimed {
  try {
    const { alg, kid } = decodeProtectedHeader(token)
    const { workspace_id, iat } = decodeJwt(token)
    const issuedAt = Number(iat) * 1_000
    return { alg: String(alg), kid: typeof kid === 'string' ? kid : undefined, issuedAt, workspace_id }
  } catch (error) {
    throw invalid(error)
  }
}

/** A workspace's keys are tried for its own tokens, and for those that claim no workspace; the server's for all. */
function isFor({ workspace_id: owner }: KeySet, claimed: unknown): boolean {
  return owner === null || claimed === undefined || claimed === owner
}

/** The keys that may have signed a token, as far as they are known. */
async function candidates({ fixed, jwks }: KeySet, wanted: Claimed): ReturnType<Jwks['find']> {
  const { alg, kid } = wanted
  const found = jwks && publicAlgorithms.has(alg) ? await jwks.find(wanted) : { keys: [] }
  const keys = [...fixed, ...found.keys].filter(
    (key) => key.algorithms.includes(alg) && (kid === undefined || key.kid === undefined || key.kid === kid),
  )
  return { ...found, keys }
}

async function verifyWith(
  token: string,
  alg: string,
  { key }: TokenKey,
  { issuer, audience }: TokenOptions,
): Promise<unknown> {
  const { payload } = await jwtVerify(token, key, {
    algorithms: [alg],
    requiredClaims: ['sub', 'iat', 'exp'],
    clockTolerance: leewayMs / 1_000,
    // Not the library's own clock, which rounds.
    currentDate: new Date(dateNow()),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  })
  return payload
}

/** The text is always the same; the cause says why, for the log of whoever runs the server. */
function invalid(cause: unknown): RequestError {
  return Object.assign(new RequestError('unauthenticated', 'The token is not valid'), { cause })
}

function notNow(retryAfterMs: number): RequestError {
  return new RequestError('unavailable', 'Tokens cannot be verified now. Try again.', undefined, retryAfterMs)
}

async function openKeys(owner: TokenOwner, logger: Logger): Promise<KeySet> {
  const { secrets = [], publicKeys = [], jwks, maxDays = 1 } = owner.tokens
  if (!(maxDays > 0)) throw new StartError(`tokens: maxDays: expected a number above 0, got ${maxDays}`)
  const fixed = [...secrets.map(secretKey), ...publicKeys.map(publicKey)]
  if (fixed.length === 0 && jwks === undefined)
    throw new StartError('tokens: expected secrets, publicKeys or a jwks document to verify tokens with')
  return { ...owner, fixed, jwks: jwks === undefined ? undefined : await Jwks.open(jwks, logger) }
}

function refuseSharedKeys(sets: readonly KeySet[]): void {
  const seen = new Map<string, string>()
  for (const { workspace_id, fixed, jwks } of sets) {
    const owner = workspace_id === null ? 'the server' : `the workspace ${workspace_id}`
    const marks = [...fixed, ...(jwks?.known ?? [])].map(({ fingerprint }) => fingerprint)
    for (const mark of jwks ? [jwks.place, ...marks] : marks) {
      const first = seen.get(mark)
      if (first !== undefined)
        throw new StartError(
          `A token key is configured twice, for ${first} and for ${owner}: give each its own`,
        )
      seen.set(mark, owner)
    }
  }
}
