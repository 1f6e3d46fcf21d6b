import type { StreamKey } from '../stores/store.ts'

/**
 * Tells the other nodes on the same store that a stream has grown. A hint may be lost, doubled or late: it makes a node
 * look into the log, which is the truth.
 */
export interface Hints {
  announce(key: StreamKey, head: number): void
  /** Calls the listener for every hint of another node. */
  listen(listener: (key: StreamKey, head: number) => void): void
}

/** For a server that is alone: nobody else needs to know. */
export const noHints: Hints = { announce() {}, listen() {} }
