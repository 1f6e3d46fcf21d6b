import type { Logger } from '../logger.ts'
import { clockOffset } from '../time.ts'

const dayMs = 24 * 60 * 60 * 1_000
const lookEveryMs = 10_000
/** As much as the clocks of token issuers may be off; what keeps a clock right by itself moves it by less. */
const toldMs = 30_000

/** What the watch knows of the time at which it begins. */
export interface ClockWatchOptions {
  /** When the store was last used, by the clock of then. */
  readonly usedUntil: number | undefined
  readonly logger: Logger
}

/**
 * Notices that the machine's clock is not where it was: against the store's last use at the start, against elapsed time later.
 * After a leap of a day or more ahead nobody knows whether time has passed or the clock is wrong. What is removed by its age
 * waits for a day then, so that whoever reads the log can set the clock right.
 */
export class ClockWatch {
  readonly #logger: Logger
  readonly #timer: NodeJS.Timeout
  #offset = clockOffset()
  #aheadMs = 0
  #waitsUntil = 0

  constructor({ usedUntil, logger }: ClockWatchOptions) {
    this.#logger = logger
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref()
    if (usedUntil !== undefined) this.#compare(Date.now() - usedUntil)
  }

  /** Whether what is removed by its age has to wait. */
  isDoubtful(): boolean {
    this.#look()
    return this.#aheadMs >= dayMs && performance.now() < this.#waitsUntil
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #compare(unusedMs: number): void {
    if (unusedMs < -toldMs) {
      this.#logger.warn(
        { behind_s: seconds(-unusedMs) },
        'The clock of this machine is before the last use of the store: set it right',
      )
    }
    this.#leap(unusedMs)
  }

  #look(): void {
    const step = clockOffset() - this.#offset
    if (Math.abs(step) < toldMs) return
    this.#offset += step
    this.#logger.warn({ step_s: seconds(step) }, 'The clock of this machine has been set, or it has slept')
    this.#leap(step)
  }

  #leap(ms: number): void {
    this.#aheadMs = Math.max(0, this.#aheadMs + ms)
    if (ms < dayMs) return
    this.#waitsUntil = performance.now() + dayMs
    this.#logger.warn(
      { leap_s: seconds(ms) },
      'The clock is a day or more after the last use of the store: nothing is removed by its age for a day. If it is wrong, set it right and restart',
    )
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000)
}
