/** How often something may happen in a time. */
export interface Patience {
  readonly most: number
  readonly windowMs: number
}

/** Counts what a socket does wrong. */
export class Strikes {
  readonly #patience: Patience
  #since = 0
  #count = 0

  constructor(patience: Patience) {
    this.#patience = patience
  }

  /** Answers whether this was one too many. */
  add(now: number): boolean {
    const { most, windowMs } = this.#patience
    if (this.#count === 0 || now - this.#since >= windowMs) {
      this.#since = now
      this.#count = 0
    }
    this.#count += 1
    return this.#count >= most
  }
}
