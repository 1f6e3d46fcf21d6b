import type { Cell } from '../bench/measure.ts'

/** What has become of a message when its sender learns that it is accepted. */
export type Kept = 'not kept' | 'in memory' | 'on disk, not synced' | 'on disk, synced'

/** Who takes part, for the table. */
export interface About {
  readonly key: string
  readonly version: string
  readonly kept: Kept
  /** What is its acknowledgement, and what else a reader has to know to compare it. */
  readonly note: string
}

/** A running server, and the same work on each of them. */
export interface Server {
  readonly about: About
  /** All its processes. */
  readonly pids: readonly number[]
  residentBytes(): Promise<number>
  /** Somebody new in a room. */
  join(room: string): Promise<{ close(): unknown }>
  /** `members` in a room, of whom one sends. */
  fanOut(shape: { members: number; inFlight: number; messages: number }): Promise<Cell>
  /** Messages that nobody receives: the server only keeps and acknowledges them. */
  accept(shape: { inFlight: number; messages: number }): Promise<Cell>
  stop(): Promise<void>
}

export interface Entrant {
  readonly about: About
  start(): Promise<Server>
}
