import { clockOffset, dateNow } from '../time.ts'

/** As much as the clocks of servers may be apart. */
const apartMs = 30_000

/**
 * Notices that this machine's clock was set, or that the machine has slept: times from before do not say for a while how long
 * ago they were.
 */
export class ClockSteps {
  #offset = clockOffset()
  #steppedAt = Number.NEGATIVE_INFINITY
  /** How far the clock had come before it was set. */
  #latest = Number.NEGATIVE_INFINITY

  /** What is noticed late is taken to have been now. */
  look(): void {
    const step = clockOffset() - this.#offset
    this.#offset += step
    if (Math.abs(step) < apartMs) return
    this.#steppedAt = performance.now()
    this.#latest = Math.max(this.#latest, dateNow() - step)
  }

  /** Whether the clock was not set for so long, as far as it was looked at. */
  isSteadyFor(ms: number): boolean {
    this.look()
    return performance.now() - this.#steppedAt >= ms
  }

  /** What is later than now is from before the clock was set back; undefined where nothing is. */
  get ahead(): { readonly after: number; readonly until: number } | undefined {
    const after = dateNow() + apartMs
    const until = this.#latest + apartMs
    return after < until ? { after, until } : undefined
  }
}
