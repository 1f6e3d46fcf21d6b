/** A moment in the order in which this server reads and sends rows. Clocks have no part in it. */
export type Moment = number

const remembered = 20_000

/**
 * Which rows this server has sent lately, so that it sends no older state of one after a newer one: what was read before
 * the last sending may be older than that, and has to be read again.
 */
export class SentRows {
  readonly #sent = new Map<string, Moment>()
  readonly #most: number
  #now: Moment = 0
  /** Everything that is forgotten was sent by then. */
  #forgotten: Moment = -1

  /** @param most how many rows are remembered */
  constructor(most = remembered) {
    this.#most = most
  }

  /** Now: what is read from the store after it is newer than everything that was sent before. */
  now(): Moment {
    return this.#now
  }

  /** Notes that a row is being sent. */
  note(name: string): void {
    this.#now += 1
    this.#sent.delete(name)
    this.#sent.set(name, this.#now)
    if (this.#sent.size <= this.#most) return
    const [oldest, at] = this.#sent.entries().next().value as [string, Moment]
    this.#sent.delete(oldest)
    this.#forgotten = at
  }

  /** Whether a row may have been sent since a moment. */
  wasSentSince(name: string, moment: Moment): boolean {
    return (this.#sent.get(name) ?? this.#forgotten) > moment
  }

  /** Whether a row was sent, as far as is remembered. */
  wasSent(name: string): boolean {
    return this.#sent.has(name)
  }
}
