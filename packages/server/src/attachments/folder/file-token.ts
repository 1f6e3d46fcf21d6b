import { createHmac, timingSafeEqual } from 'node:crypto'
import { dateNow } from '../../time.ts'
import type { IncomingFile, ServedFile } from '../attachment-store.ts'

/** What an address allows until it expires; times are milliseconds since 1970. */
export type FileGrant =
  | { readonly way: 'PUT'; readonly file: IncomingFile; readonly expires: number }
  | { readonly way: 'GET'; readonly file: ServedFile; readonly expires: number }

/** What was read of an address. */
export interface ReadGrant {
  readonly grant: FileGrant
  readonly isExpired: boolean
}

function signatureOf(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`dowellchat file\n${text}`).digest()
}

/** Signs what an address allows. Nobody without the secret can make another one of it. */
export function signGrant(grant: FileGrant, secret: string): string {
  const text = Buffer.from(JSON.stringify(grant)).toString('base64url')
  return `${text}.${signatureOf(text, secret).toString('base64url')}`
}

/** Reads what an address allows; undefined where nobody with the secret has signed it. */
export function readGrant(token: string, secret: string): ReadGrant | undefined {
  const [text = '', signature = '', ...rest] = token.split('.')
  const given = Buffer.from(signature, 'base64url')
  const expected = signatureOf(text, secret)
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
    return undefined
  // Signed by one of our servers, so that it is a grant.
  const grant = JSON.parse(Buffer.from(text, 'base64url').toString()) as FileGrant
  return { grant, isExpired: grant.expires <= dateNow() }
}
