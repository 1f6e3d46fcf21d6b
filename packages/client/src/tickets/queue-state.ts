import type { WaitingEstimate } from '../entities.ts'

/**
 * Where a ticket is in its line, and when its turn comes; or where it would be if it was opened now.
 *
 * @example
 * const text = ({ estimate, isAvailable }: Queue) =>
 *   estimate === null ? 'It is your turn' : isAvailable ? `Place ${estimate.position}` : 'We are away'
 */
export interface Queue {
  /** Its place, and the minutes from `computed_at` on; null once the ticket is answered or closed. */
  readonly estimate: WaitingEstimate | null
  /** Whether somebody can say when its turn comes: people are there, and it is not on hold. True once it is answered or closed. */
  readonly isAvailable: boolean
  /** When its turn comes, in ISO 8601 on the server's clock, as `useCountdown` takes it; null where nobody can say. */
  readonly soonestAt: string | null
  readonly expectedAt: string | null
  readonly latestAt: string | null
}
