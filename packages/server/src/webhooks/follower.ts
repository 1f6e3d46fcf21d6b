import type { DeliveryRow } from '../stores/store.ts'

/**
 * Delivered up to a seq of a log. `due_at`: when to look again, where that is not when more has been noted. `isAll`: the log has no
 * more, whatever was noted.
 */
export interface DoneUpTo {
  readonly done: {
    readonly epoch: string | null
    readonly seq: number
    readonly due_at?: string
    readonly isAll?: true
  }
}

/** Delivered, and nothing is to be kept of it. */
export interface DoneOnce {
  readonly done: 'once'
}

/** That a try has failed. */
export interface Failed {
  readonly failed: string
  readonly retryAfterMs?: number
  /** What is settled where it has failed for a day: null where it is tried on; without it the stream is parked. */
  readonly givenUp?: DoneUpTo | DoneOnce | null
}

/** What became of a try to deliver what a row is about. */
export type Outcome = DoneUpTo | DoneOnce | Failed

/** One of those who follow streams from outside. */
export interface Follower {
  /** Its consumer's name in the store. */
  readonly id: string
  /** How long after an entry it is to be looked at. */
  readonly delayMs: number
  /** Whether it follows streams of a workspace at all. */
  hasWorkspace(workspaceId: string): boolean
  follows(workspaceId: string, stream: string): boolean
  /** Delivers what a row is about. Rejects where the store cannot be read. */
  deliver(workspaceId: string, row: DeliveryRow): Promise<Outcome>
}

/** A time, as the store has times. */
export function isoAt(ms: number): string {
  return new Date(ms).toISOString()
}
