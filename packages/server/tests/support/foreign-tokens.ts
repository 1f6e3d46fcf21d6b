import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto'
import { ErrorBody } from '@dowellchat/protocol'
import jwt from 'jsonwebtoken'
import type { TestChat } from '../../src/testing/connect.ts'

/** The secret of the tests' servers. */
export const secret = 'a secret of these tests, of more than 32 bytes'

export const now = (): number => Math.floor(Date.now() / 1_000)

/** Claims that are valid for an hour. */
export function claims(change: Record<string, unknown> = {}): Record<string, unknown> {
  return { sub: 'ann', workspace_id: 'demo', iat: now(), exp: now() + 3_600, ...change }
}

/** A token made by another library than the one that verifies. Claims that are undefined are left out. */
export function sign(
  change: Record<string, unknown> = {},
  key: string | KeyObject = secret,
  header: Partial<jwt.JwtHeader> = {},
): string {
  const given = Object.fromEntries(Object.entries(claims(change)).filter(([, value]) => value !== undefined))
  const { alg = 'HS256', ...more } = header
  return jwt.sign(given, key as jwt.PrivateKey, {
    algorithm: alg as jwt.Algorithm,
    header: { alg, ...more },
    // With the option it drops an `iat`, without it adds one.
    noTimestamp: given.iat === undefined,
    allowInsecureKeySizes: true,
  })
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token made by hand, for what no library signs. */
export function forge(header: object, payload: unknown, key?: string | Buffer): string {
  const signed = `${encode(header)}.${typeof payload === 'string' ? Buffer.from(payload).toString('base64url') : encode(payload)}`
  const signature = key === undefined ? '' : createHmac('sha256', key).update(signed).digest('base64url')
  return `${signed}.${signature}`
}

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
export const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const ed = generateKeyPairSync('ed25519')

/** A token signed with `ed`, which jsonwebtoken does not know. */
export function signEd(change: Record<string, unknown> = {}, header: object = {}): string {
  const unsigned = forge({ alg: 'EdDSA', ...header }, claims(change)).replace(/\.$/, '')
  return `${unsigned}.${signBytes(null, Buffer.from(unsigned), ed.privateKey).toString('base64url')}`
}

export function pem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

/** A public key as an entry of a JWKS document. */
export function jwk(key: KeyObject, kid: string, more: object = {}) {
  return { ...key.export({ format: 'jwk' }), kid, ...more }
}

/** The workspace that a token lets somebody into, or what it is refused with. */
export async function tryToEnter(chat: Pick<TestChat, 'open'>, token: string): Promise<string | ErrorBody> {
  const [[event, data] = []] = await chat.open({ protocol: 1, token }).heard(1)
  return event === 'hello' ? String((data as { workspace_id: string }).workspace_id) : ErrorBody.parse(data)
}

/** The workspace that a token lets somebody into, or the code that it is refused with. */
export async function enter(chat: Pick<TestChat, 'open'>, token: string): Promise<string> {
  const entered = await tryToEnter(chat, token)
  return typeof entered === 'string' ? entered : entered.code
}
