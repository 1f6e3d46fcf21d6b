import { randomFillSync } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { dateNow } from '../time.ts'

const idBytes = 16
const pool = new Uint8Array(256 * idBytes)
let used = pool.length

/** A new UUIDv7. */
export function newId(): string {
  // One call for many ids: random bytes by sixteen cost seven times what the rest of an id does.
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += idBytes
  return uuidv7({ msecs: dateNow(), random: pool.subarray(used - idBytes, used) })
}

/** After every id. */
export const afterAllIds = 'g'
