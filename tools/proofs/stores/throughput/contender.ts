import { noHints } from '../../../../packages/server/src/delivery/hints.ts'
import { Streams } from '../../../../packages/server/src/delivery/streams.ts'
import type { Store, StreamStore } from '../../../../packages/server/src/stores/store.ts'
import { again } from '../again.ts'
import { makeDraft, roomKey } from '../drafts.ts'

export const inFlight = 64

/** Whoever makes rows durable, one at a time for the asker. */
export interface Contender {
  /** Resolves when the row is durable. */
  add(number: number): Promise<unknown>
  /** How many writes of one or more rows there were so far. */
  commits(): number
  /** How many rows had to be sent again so far. */
  retries(): number
}

/** Appends through the server's own queues, which write what gathers in a room together. */
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
    // The time that this takes counts.
    retries += (await again(() => queues.append(key, draft))).retries
  }

  return { add, commits: () => commits, retries: () => retries }
}
