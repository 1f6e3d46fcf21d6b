import { noHints } from '../../../../packages/server/src/delivery/hints.ts'
import { Streams } from '../../../../packages/server/src/delivery/streams.ts'
import type { Store, StreamStore } from '../../../../packages/server/src/stores/store.ts'
import { again } from '../again.ts'
import { makeDraft, roomKey } from '../drafts.ts'

export const inFlight = 64

/** Something that makes rows durable, to be compared. */
export interface Contender {
  /** Resolves when the row is durable. */
  add(number: number): Promise<unknown>
  /** How many writes, of one or more rows each, there have been. */
  commits(): number
  /** How many rows had to be sent again. */
  retries(): number
}

/** Appends through the server's own queues, which batch what waits in a room. */
export function ourAppends({ streams }: Store, rooms: number): Contender {
  let commits = 0
  let retries = 0
  const counted: StreamStore = {
    ...streams,
    append(key, drafts) {
      commits += 1
      return streams.append(key, drafts)
    },
  }
  const queues = new Streams(counted, () => 0, noHints)

  async function add(number: number): Promise<void> {
    const draft = makeDraft(`user ${number % 50}`)
    const key = roomKey(`${rooms} rooms, ${number % rooms}`)
    // Retries count in the measured time.
    retries += (await again(() => queues.append(key, draft))).retries
  }

  return { add, commits: () => commits, retries: () => retries }
}
