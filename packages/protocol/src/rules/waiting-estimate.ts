import type { LineSpeed } from '../estimates.ts'

/** Minutes. */
export interface Wait {
  readonly low: number
  readonly middle: number
  readonly high: number
}

/**
 * How long a ticket waits that has so many before it. Null where nobody is online.
 *
 * The wait ends with the k-th ticket that is finished from now, k = ahead + 1 − free. Times between two are taken as independent,
 * with the mean 60 / per_hour minutes and the given variation; their sum is a gamma distribution, of which `middle` is the mean,
 * and `low` and `high` are two quantiles (Wilson and Hilferty, 1931).
 */
export function estimateWait(ahead: number, speed: LineSpeed): Wait | null {
  const { managers_online, free, per_hour, variation } = speed
  if (managers_online === 0 || per_hour <= 0) return null
  const left = Math.max(0, ahead + 1 - free)
  if (left === 0) return { low: 0, middle: 0, high: 0 }
  const middle = (left * 60) / per_hour
  const shape = 1 / (variation ** 2 / left + unsure ** 2)
  return { low: middle * quantile(shape, -spread), middle, high: middle * quantile(shape, spread) }
}

/** How far the speed itself may be off: managers take breaks, come and go, and the next ones take longer or shorter. */
const unsure = 0.2
/** Standard deviations to both sides: between 80 and 95 of 100 waits are inside. */
const spread = 1.4

/** A quantile of the gamma distribution with the mean 1. */
function quantile(shape: number, deviations: number): number {
  return Math.max(0, 1 - 1 / (9 * shape) + deviations / (3 * Math.sqrt(shape))) ** 3
}
