/** A number in hexadecimal, with so many digits at least. */
export const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** Random bytes. Ids must be unique for a user, not secret, so `Math.random` will do where there is no `crypto` (React Native). */
function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count)
  const { crypto } = globalThis as Partial<typeof globalThis>
  return crypto?.getRandomValues?.(bytes) ?? bytes.map(() => Math.random() * 256)
}

/**
 * A `cid`: an id that a client makes for one intention. Whatever is created twice under one `cid` is there once. It is a UUID of
 * version 7, which begins with the time, so that successive ids are neighbours in an index.
 *
 * @example
 * const cid = newCid()
 * await client.tickets.create({ product: 'billing', cid })
 */
export function uuid(): string {
  const bytes = randomBytes(9)
  const random = Array.from(bytes, (byte) => hex(byte, 2)).join('')
  // The digits 7 and 8 are the version and the variant.
  const digits = `${hex(Date.now(), 12)}7${random.slice(0, 3)}8${random.slice(3)}`
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
