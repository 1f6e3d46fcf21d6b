import { randomBytes, randomUUID } from 'node:crypto'
import type { Auth } from './raw-socket.ts'

const random = randomBytes(8).toString('hex')
let made = 0

/** A UUID of version 7 whose random part counts: as sorted as a client's, and cheap enough for the load process. */
export function makeCid(): string {
  made += 1
  const time = Date.now().toString(16).padStart(12, '0')
  const count = (made & 0xfff).toString(16).padStart(3, '0')
  const tail = (made >>> 12).toString(16).padStart(4, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-8${random.slice(0, 3)}-${random.slice(3, 11)}${tail}`
}

/** The handshake of the `n`th user: a user and a device each. A bare server gets the same and ignores it. */
export function makeAuth(n: number): Auth {
  return {
    protocol: 1,
    workspace_id: 'bench',
    api_key: 'bench-key-with-more-than-32-letters',
    user_id: `u${n}`,
    device_id: randomUUID(),
  }
}
