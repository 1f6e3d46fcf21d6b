import { noHints } from '../../../packages/server/src/hints.ts'
import type { Store, StreamStore } from '../../../packages/server/src/stores/store.ts'
import { Streams } from '../../../packages/server/src/streams.ts'
import { makeDraft, roomKey } from '../drafts.ts'

export const inFlight = 64

/** Whoever makes rows durable, one at a time for the asker. */
export interface Contender {
  /** Resolves when the row is durable. */
  add(number: number): Promise<unknown>
  /** How many writes of one or more rows there were so far. */
  commits(): number
}

/** Appends through the server's own queues, which write what gathers in a room together. */
export function ourAppends({ streams }: Store, rooms: number): Contender {
  let commits = 0
  const counted: StreamStore = {
    ...streams,
    append(key, drafts) {
      commits += 1
      return streams.append(key, drafts)
    },
  }
  const queues = new Streams(counted, () => {}, noHints)
  return {
    add: (number) =>
      queues.append(roomKey(`${rooms} rooms, ${number % rooms}`), makeDraft(`user ${number % 50}`)),
    commits: () => commits,
  }
}
