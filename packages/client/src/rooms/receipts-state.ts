import type { Receipt } from '../entities.ts'

/** Who has read how far, without the user and those who keep it to themselves. */
export interface Receipts {
  /** Empty where nobody is named. */
  readonly receipts: readonly Receipt[]
  /** How many have read the message that was asked for, where nobody is named; null elsewhere. */
  readonly count: number | null
}

/** Who has read a message, as far as that is known. */
export interface MessageReaders {
  readonly user_ids: readonly string[]
  /** How many; null in a large room, but for the message that was asked for. */
  readonly count: number | null
}
