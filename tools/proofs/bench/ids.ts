import { randomBytes, randomUUID } from 'node:crypto'
import type { Auth } from './raw-socket.ts'

export const benchKey = 'bench-key-with-more-than-32-letters'

const random = randomBytes(8).toString('hex')
let made = 0
let users = 0

/** A UUID of version 7 whose random part counts: as sorted as a client's, and cheap enough for the load process. */
export function makeCid(): string {
  made += 1
  const time = Date.now().toString(16).padStart(12, '0')
  const count = (made & 0xfff).toString(16).padStart(3, '0')
  const tail = (made >>> 12).toString(16).padStart(4, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-8${random.slice(0, 3)}-${random.slice(3, 11)}${tail}`
}

/** The number of a user whom no other cell has. */
export function nextUser(): number {
  users += 1
  return users
}

export function userId(n: number): string {
  return `u${n}`
}

/** The handshake of the `n`th user: a user and a device each. A bare server gets the same and ignores it. */
export function makeAuth(n: number): Auth {
  return {
    protocol: 1,
    workspace_id: 'bench',
    api_key: benchKey,
    user_id: userId(n),
    device_id: randomUUID(),
  }
}
