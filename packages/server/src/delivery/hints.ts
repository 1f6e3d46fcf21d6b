import type { StreamKey } from '../stores/store.ts'

/**
 * Lets the nodes on one store know that a stream has grown. A hint may be lost, repeated or late: it only makes a node
 * read the log.
 */
export interface Hints {
  announce(key: StreamKey, head: number): void
  /** Calls the listener for every hint of another node. */
  listen(listener: (key: StreamKey, head: number) => void): void
}

/** For a server that is the only one on its store. */
export const noHints: Hints = { announce() {}, listen() {} }
