import { createHash, createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { StartError } from '../errors.ts'

/** A key that tokens may be signed with. Its type alone says which algorithms it is for, never the token. */
export interface TokenKey {
  readonly key: KeyObject
  readonly algorithms: readonly string[]
  readonly kid: string | undefined
  /** Tells whether two keys are the same. */
  readonly fingerprint: string
}

/** What the keys of a JWKS document may have signed. */
export const publicAlgorithms: ReadonlySet<string> = new Set(['EdDSA', 'Ed25519', 'ES256', 'RS256'])

const secretBytes = 32
const rsaBits = 2_048

/** An HS256 secret. @throws StartError that does not show it */
export function secretKey(secret: string): TokenKey {
  const bytes = Buffer.from(secret)
  if (bytes.length < secretBytes) {
    throw new StartError(
      `A token secret needs at least ${secretBytes} bytes, this one has ${bytes.length}: make one with \`openssl rand -base64 48\``,
    )
  }
  return { key: createSecretKey(bytes), algorithms: ['HS256'], kid: undefined, fingerprint: hashOf(bytes) }
}

/** A public key in PEM or as a JWK. @throws StartError */
export function publicKey(given: string | JsonWebKey): TokenKey {
  const key = toKeyObject(given)
  const algorithms = key && algorithmsOf(key)
  if (!algorithms) {
    throw new StartError(
      `A public token key has to be Ed25519 (EdDSA), P-256 (ES256) or RSA of at least ${rsaBits} bits (RS256), in PEM or as a JWK`,
    )
  }
  const kid = typeof given === 'object' && typeof given.kid === 'string' ? given.kid : undefined
  const fingerprint = hashOf(key.export({ type: 'spki', format: 'der' }))
  return { key, algorithms, kid, fingerprint }
}

const mostKeys = 100

/**
 * The keys of a JWKS document. Those that are not for signing, or of another kind, are left out: an identity provider may
 * have some for other uses.
 * @throws Error where it is no such document
 */
export function keysOfJwks(document: unknown): TokenKey[] {
  const { keys } = (document ?? {}) as { keys?: unknown }
  if (!Array.isArray(keys)) throw new Error('a JWKS document has a list of `keys`')
  return keys.slice(0, mostKeys).flatMap((given: JsonWebKey) => {
    const isForSigning = given?.use === undefined || given.use === 'sig'
    const key = isForSigning ? toKeyObject(given) : undefined
    return key && algorithmsOf(key) ? [publicKey(given)] : []
  })
}

function toKeyObject(given: string | JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey(typeof given === 'string' ? given : { key: given, format: 'jwk' })
  } catch {
    return undefined
  }
}

function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string[] | undefined {
  if (asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519']
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return ['ES256']
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= rsaBits) return ['RS256']
  return undefined
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url')
}
