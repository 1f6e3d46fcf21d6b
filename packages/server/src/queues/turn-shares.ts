export interface TurnSizes {
  /** How much one gets in a turn of the event loop. */
  readonly ofOne: number
  /** How much all of those get together who were put off in the turn before. */
  readonly ofAll: number
}

/** Shares turns of the event loop between those who want more of one than they get: the more they are, the less each of them gets. */
export class TurnShares {
  readonly #sizes: TurnSizes
  #putOff = 0
  #putOffBefore = 0
  #isCounting = false

  constructor(sizes: TurnSizes) {
    this.#sizes = sizes
  }

  /** How much one gets in this turn. */
  get ofOne(): number {
    const { ofOne, ofAll } = this.#sizes
    return Math.max(1, Math.min(ofOne, Math.floor(ofAll / Math.max(this.#putOffBefore, 1))))
  }

  /** One has had its share of this turn, and wants more. */
  putOff(): void {
    this.#putOff += 1
    if (this.#isCounting) return
    this.#isCounting = true
    setImmediate(this.#endTurn)
  }

  readonly #endTurn = () => {
    this.#putOffBefore = this.#putOff
    this.#putOff = 0
    this.#isCounting = this.#putOffBefore > 0
    if (this.#isCounting) setImmediate(this.#endTurn)
  }
}
