const gatherMs = 20

interface PacedOptions {
  /** Rests after a run three times as long as it took: a slow store is asked for a quarter of the time. */
  readonly isSparing?: boolean
}

/** Runs something soon after it is wanted: one run at a time, which begins a while after the last one has begun. */
export class Paced {
  readonly #everyMs: number
  readonly #run: () => Promise<void>
  readonly #isSparing: boolean
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #restUntil = Number.NEGATIVE_INFINITY
  #isWanted = false
  #isUrgent = false
  #isStopped = false

  /** @param run must not reject */
  constructor(everyMs: number, run: () => Promise<void>, { isSparing = false }: PacedOptions = {}) {
    this.#everyMs = everyMs
    this.#run = run
    this.#isSparing = isSparing
  }

  /** Asks for a run. What comes within the next few milliseconds shares it. */
  want(): void {
    this.#isWanted = true
    this.#plan(Math.max(gatherMs, this.#restUntil - performance.now()))
  }

  /** Asks for a run that does not wait for its time. */
  hurry(): void {
    this.#isWanted = true
    this.#isUrgent = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#plan(0)
  }

  /** Resolves once nothing runs; nothing will run any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #plan(inMs: number): void {
    if (this.#isStopped || this.#running || this.#timer) return
    this.#timer = setTimeout(() => this.#begin(), inMs).unref()
  }

  #begin(): void {
    this.#timer = undefined
    this.#isWanted = false
    this.#isUrgent = false
    const begun = performance.now()
    this.#restUntil = begun + this.#everyMs
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      const now = performance.now()
      if (this.#isSparing) this.#restUntil = Math.max(this.#restUntil, now + 3 * (now - begun))
      if (this.#isUrgent) this.hurry()
      else if (this.#isWanted) this.want()
    })
  }
}
