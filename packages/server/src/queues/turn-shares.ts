export interface TurnSizes {
  /** How much one gets in a turn of the event loop. */
  readonly ofOne: number
  /** How much all of those get together who were put off in the turn before. */
  readonly ofAll: number
}

/** As long as a turn may take while somebody is put off, by our measurement: shorter ones cost more turns than they spare. */
const mostMs = 4

/**
 * Shares turns of the event loop between those who want more of one than they get: the more they are, the less each of them gets.
 * All get less after a turn that was long, since others wait for its end: the same number of requests may cost much or little.
 */
export class TurnShares {
  readonly #sizes: TurnSizes
  readonly #now: () => number
  #putOff = 0
  #putOffBefore = 0
  #isCounting = false
  #turnBegan = 0
  /** The part of the sizes that is given, from 0 to 1. */
  #part = 1

  /** @param now milliseconds of a clock that only goes forward */
  constructor(sizes: TurnSizes, now: () => number = () => performance.now()) {
    this.#sizes = sizes
    this.#now = now
  }

  /** How much one gets in this turn. */
  get ofOne(): number {
    const { ofOne, ofAll } = this.#sizes
    const share = Math.min(ofOne, ofAll / Math.max(this.#putOffBefore, 1))
    return Math.max(1, Math.floor(share * this.#part))
  }

  /** One has had its share of this turn, and wants more. */
  putOff(): void {
    this.#putOff += 1
    if (this.#isCounting) return
    this.#isCounting = true
    this.#turnBegan = this.#now()
    setImmediate(this.#endTurn)
  }

  readonly #endTurn = () => {
    this.#putOffBefore = this.#putOff
    this.#putOff = 0
    this.#isCounting = this.#putOffBefore > 0
    if (!this.#isCounting) {
      this.#part = 1
      return
    }
    const now = this.#now()
    const isLong = now - this.#turnBegan > mostMs
    this.#part = Math.min(1, Math.max(1 / this.#sizes.ofOne, this.#part * (isLong ? 0.5 : 2)))
    this.#turnBegan = now
    setImmediate(this.#endTurn)
  }
}
