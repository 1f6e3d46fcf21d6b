import type { StreamKey } from './stores/store.ts'

/** Tells the other nodes that a stream has grown. A hint may be lost: the log in the store is the truth. */
export interface Hints {
  announce(key: StreamKey, head: { seq: number }): void
}

/** For a server that is alone: nobody else needs to know. */
export const noHints: Hints = { announce() {} }
