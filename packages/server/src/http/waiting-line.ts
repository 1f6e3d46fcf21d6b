import { Bucket } from '../queues/buckets.ts'

/** Who waits to be let in. */
export interface Waiting {
  /** Whether they have gone meanwhile. */
  isGone(): boolean
  letIn(): void
}

export interface WaitingLineOptions {
  /** How many may wait. */
  readonly places: number
  readonly perSecond: number
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
}

/** How much of a second's share is let in at once: a crowd that comes in one piece holds everybody else up. */
const atOnce = 1 / 20

/** Lets in one after the other, evenly. */
export class WaitingLine {
  readonly #places: number
  readonly #now: () => number
  readonly #bucket: Bucket
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined

  constructor({ places, perSecond, now }: WaitingLineOptions) {
    this.#places = places
    this.#now = now
    this.#bucket = new Bucket({ burst: Math.max(1, perSecond * atOnce), perSecond }, now())
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Lets somebody in, now or later; answers false if all places are taken. */
  join(one: Waiting): boolean {
    if (this.#waiting.length >= this.#places) return false
    this.#waiting.push(one)
    if (this.#timer === undefined) this.#next()
    return true
  }

  /** Ends the line; answers who was in it. */
  close(): readonly Waiting[] {
    clearTimeout(this.#timer)
    return this.#waiting.splice(0)
  }

  #next(): void {
    this.#timer = undefined
    let first = 0
    let waitMs = 0
    for (; first < this.#waiting.length; first++) {
      const one = this.#waiting[first] as Waiting
      if (one.isGone()) continue
      const now = this.#now()
      waitMs = this.#bucket.waitMs(1, now)
      if (waitMs > 0) break
      this.#bucket.take(1, now)
      one.letIn()
    }
    this.#waiting = this.#waiting.slice(first)
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#next(), waitMs).unref()
  }
}
