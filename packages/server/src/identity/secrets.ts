import { createHmac, randomBytes } from 'node:crypto'
import { RequestError } from '../errors.ts'

const start = 'dck_'
const secretBytes = 24
const shownLength = start.length + 6
const form = /^dck_[\w-]{32}$/

/** A new key of 192 random bits, and the beginning that may be shown; the rest has 156. */
export function newSecret(): { secret: string; prefix: string } {
  const secret = `${start}${randomBytes(secretBytes).toString('base64url')}`
  return { secret, prefix: secret.slice(0, shownLength) }
}

/** Whether a text can be a key that was created here, so that the store is asked for no others. */
export function isSecret(text: string): boolean {
  return form.test(text)
}

/** What is kept of a key: HMAC-SHA-256 under the pepper, base64url. Keys have too many bits to be guessed from it. */
export function hashKey(key: string, pepper: string): string {
  return createHmac('sha256', pepper).update(key).digest('base64url')
}

/** The one answer to a wrong key and to a wrong workspace. */
export function wrongKey(): RequestError {
  return new RequestError('unauthenticated', 'workspace_id and api_key do not belong together')
}
