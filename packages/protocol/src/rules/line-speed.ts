import type { LineSpeed } from '../estimates.ts'
import { countedAhead } from './waiting-time.ts'

/** What a line manager who is there does for a line. */
export interface LineWorker {
  /** Minutes between two tickets that they finish while others wait. */
  readonly minutes: number
  /** Whether that was observed, rather than said. */
  readonly isObserved: boolean
  /** How many tickets they could begin with at once; null for any number. */
  readonly room: number | null
}

/**
 * How fast some line managers serve a line together. They finish one independently of the other, so the times between two tickets
 * that they finish are nearly those of chance, whose variation is 1, however even each of them is: the same for any number of them,
 * so that nobody waits longer because one more has come. Of one who serves a line alone, it may be known better.
 */
export function lineSpeed(workers: readonly LineWorker[], variation = 1): LineSpeed {
  const perHour = (some: readonly LineWorker[]) =>
    some.reduce((sum, { minutes }) => sum + 60 / Math.max(minutes, leastMinutes), 0)
  const per_hour = perHour(workers)
  const observed = perHour(workers.filter(({ isObserved }) => isObserved))
  return {
    managers_online: workers.length,
    free: Math.min(
      mostFree,
      workers.reduce((sum, { room }) => sum + (room ?? mostFree), 0),
    ),
    per_hour: rounded(per_hour),
    variation: rounded(Math.min(Math.max(variation, leastVariation), mostVariation)),
    basis: observed > per_hour / 2 ? 'observed' : 'configured',
  }
}

/** Line managers may say that they need no time at all. */
const leastMinutes = 0.01
const leastVariation = 0.3
const mostVariation = 2
/** More than can be counted before anybody: who has as much room never lets one wait. */
const mostFree = countedAhead + 1

/** So that what cannot be told apart is not sent again. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
