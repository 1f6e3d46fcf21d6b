import { countedCache } from '../counted-cache.ts'

/** How many points a bucket has at most, and how many come back each second. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** Points that come back by themselves. Times are milliseconds of a clock that only goes forward. */
export class Bucket {
  readonly #rate: Rate
  #left: number
  #at: number

  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#left = rate.burst
    this.#at = now
  }

  /** How long until the bucket has so many points; 0 if it has them. A full bucket is enough for everything. */
  waitMs(points: number, now: number): number {
    const { burst, perSecond } = this.#rate
    const missing = Math.min(points, burst) - this.#refilled(now)
    return missing <= 0 ? 0 : Math.ceil((missing / perSecond) * 1000)
  }

  /**
   * Takes points, also those that are not there: a debt, of one full bucket at most.
   * @returns how many of them were there
   */
  take(points: number, now: number): number {
    const left = this.#refilled(now)
    this.#left = Math.max(left - points, -this.#rate.burst)
    return Math.max(0, Math.min(points, left))
  }

  #refilled(now: number): number {
    const { burst, perSecond } = this.#rate
    if (now > this.#at) {
      this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * perSecond)
      this.#at = now
    }
    return this.#left
  }
}

const mostKept = 10_000

/** A bucket for each key. The longest unused are dropped. */
export class Buckets {
  readonly #rate: Rate
  readonly #buckets = countedCache<string, Bucket>(mostKept)

  constructor(rate: Rate) {
    this.#rate = rate
  }

  waitMs(key: string, points: number, now: number): number {
    return this.#buckets.get(key)?.waitMs(points, now) ?? 0
  }

  take(key: string, points: number, now: number): void {
    const known = this.#buckets.get(key)
    const bucket = known ?? new Bucket(this.#rate, now)
    if (!known) this.#buckets.set(key, bucket)
    bucket.take(points, now)
  }
}

/** What is less than this part of a second's points waits until more has been taken. */
const worthTelling = 0.1

/** A bucket that notes what is taken of it, for other servers that have a bucket of the same key. */
class ToldBucket extends Bucket {
  readonly key: string
  readonly #due: Set<ToldBucket>
  readonly #least: number
  #untold = 0

  constructor(rate: Rate, now: number, key: string, due: Set<ToldBucket>) {
    super(rate, now)
    this.key = key
    this.#due = due
    this.#least = rate.perSecond * worthTelling
  }

  override take(points: number, now: number): number {
    const taken = super.take(points, now)
    this.#untold += points
    if (this.#untold >= this.#least) this.#due.add(this)
    return taken
  }

  /** Takes what was taken of another server's bucket. */
  takeElsewhere(points: number, now: number): void {
    super.take(points, now)
  }

  /** What was taken since it was last told. */
  tell(): number {
    const points = this.#untold
    this.#untold = 0
    this.#due.delete(this)
    return points
  }
}

interface Held {
  readonly bucket: ToldBucket
  holders: number
}

/**
 * A bucket for each key that somebody holds. Those that nobody holds any more are kept for a while, so that coming back does
 * not fill them.
 */
export class SharedBuckets {
  readonly #held = new Map<string, Held>()
  readonly #kept = countedCache<string, ToldBucket>(mostKept)
  readonly #due = new Set<ToldBucket>()

  hold(key: string, rate: Rate, now: number): Bucket {
    const held = this.#held.get(key)
    if (held) {
      held.holders += 1
      return held.bucket
    }
    const bucket = this.#kept.get(key) ?? new ToldBucket(rate, now, key, this.#due)
    this.#kept.delete(key)
    this.#held.set(key, { bucket, holders: 1 })
    return bucket
  }

  release(key: string): void {
    const held = this.#held.get(key)
    if (!held) return
    held.holders -= 1
    if (held.holders > 0) return
    this.#held.delete(key)
    this.#kept.set(key, held.bucket)
  }

  /** The bucket of a key that the caller does not hold. */
  get(key: string, rate: Rate, now: number): Bucket {
    const known = this.#held.get(key)?.bucket ?? this.#kept.get(key)
    if (known) return known
    const bucket = new ToldBucket(rate, now, key, this.#due)
    this.#kept.set(key, bucket)
    return bucket
  }

  /** What was taken of the buckets since it was last told, of so many at most; the others follow. */
  spent(most: number): [key: string, points: number][] {
    const told: [string, number][] = []
    for (const bucket of this.#due) {
      if (told.length >= most) break
      told.push([bucket.key, bucket.tell()])
    }
    return told
  }

  /** Forgets what was taken, where nobody can be told. */
  forgetSpent(): void {
    for (const bucket of this.#due) bucket.tell()
  }

  /** Takes what was taken of another server's bucket of this key, if there is one here. */
  takeElsewhere(key: string, points: number, now: number): void {
    const bucket = this.#held.get(key)?.bucket ?? this.#kept.peek(key)
    bucket?.takeElsewhere(points, now)
  }
}
