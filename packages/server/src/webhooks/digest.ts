import { createHash } from 'node:crypto'

/** A short name for some parts, which no others have. */
export function digestOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32)
}
