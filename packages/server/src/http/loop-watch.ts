const tickMs = 500
/** How long a pause counts after it is over, so that a probe every few seconds sees it. */
const rememberedMs = 5_000

/** Notices when the event loop has been blocked: its timer then comes late. */
export class LoopWatch {
  readonly #mostMs: number
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  #lastTick: number
  #lastBlocked = Number.NEGATIVE_INFINITY

  /** `mostMs` is how late a timer may come. `now` is a clock in milliseconds that only goes forward. */
  constructor(mostMs: number, now: () => number = () => performance.now()) {
    this.#mostMs = mostMs
    this.#now = now
    this.#lastTick = now()
    this.#timer = setInterval(() => this.#tick(), tickMs)
    this.#timer.unref()
  }

  /** Whether the loop is blocked, or was in the last seconds. */
  get isBlocked(): boolean {
    const now = this.#now()
    return this.#isLate(now) || now - this.#lastBlocked < rememberedMs
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const now = this.#now()
    if (this.#isLate(now)) this.#lastBlocked = now
    this.#lastTick = now
  }

  #isLate(now: number): boolean {
    return now - this.#lastTick - tickMs > this.#mostMs
  }
}
