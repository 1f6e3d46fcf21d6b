import type { ErrorCode } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import { RequestError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { networkOf } from './address.ts'

export interface RefusalsOptions {
  readonly logger: Logger
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number
}

/** How many wrong credentials an address has at once, and how many more it gets each second. */
const handshakes = { burst: 30, perSecond: 0.5 }
/** V2 pages send their key with every request, so one page with an old key fails many times. */
const keys = { burst: 600, perSecond: 10 }

const minuteMs = 60_000
const mostAddresses = 10_000
const mostLines = 1_000

interface Bucket {
  left: number
  at: number
}

/** Refused handshakes and keys by address: slows those who guess down, and logs one line an address and minute. */
export class Refusals {
  readonly #logger: Logger
  readonly #now: () => number
  readonly #handshakes = new LRUCache<string, Bucket>({ max: mostAddresses })
  readonly #keys = new LRUCache<string, Bucket>({ max: mostAddresses })
  /** Those of this minute. */
  readonly #lines = new Map<string, { code: ErrorCode; refused: number }>()
  #unlisted = 0
  #timer: NodeJS.Timeout | undefined

  constructor({ logger, now = () => performance.now() }: RefusalsOptions) {
    this.#logger = logger
    this.#now = now
  }

  /** Throws `rate_limited` while a handshake's address has sent too many wrong credentials. Call it before looking at any. */
  expectHandshake(address: string): void {
    expectSome(this.#handshakes, networkOf(address), handshakes, this.#now())
  }

  /** As `expectHandshake`, for a key in a payload. */
  expectKey(address: string): void {
    expectSome(this.#keys, networkOf(address), keys, this.#now())
  }

  /** Counts a refused handshake. */
  countHandshake(address: string, code: ErrorCode): void {
    if (code === 'unauthenticated') take(this.#handshakes, networkOf(address), handshakes, this.#now())
    this.#note(address, code)
  }

  /** Counts a wrong key in a payload. */
  countKey(address: string): void {
    take(this.#keys, networkOf(address), keys, this.#now())
    this.#note(address, 'unauthenticated')
  }

  /** Logs what it has counted. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [address, { code, refused }] of this.#lines)
      this.#logger.info({ address, code, refused }, 'Handshakes or keys were refused')
    if (this.#unlisted > 0)
      this.#logger.info({ refused: this.#unlisted }, 'Handshakes or keys of further addresses were refused')
    this.#lines.clear()
    this.#unlisted = 0
  }

  #note(address: string, code: ErrorCode): void {
    this.#timer ??= setTimeout(() => this.close(), minuteMs).unref()
    const line = this.#lines.get(address)
    if (line) line.refused += 1
    else if (this.#lines.size < mostLines) this.#lines.set(address, { code, refused: 1 })
    else this.#unlisted += 1
  }
}

type Rate = typeof handshakes

function refilled(
  buckets: LRUCache<string, Bucket>,
  key: string,
  { burst, perSecond }: Rate,
  now: number,
): number {
  const bucket = buckets.get(key)
  return bucket ? Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond) : burst
}

function take(buckets: LRUCache<string, Bucket>, key: string, rate: Rate, now: number): void {
  // Those that came at the same time were all looked at: a debt, but not one without end.
  buckets.set(key, { left: Math.max(refilled(buckets, key, rate, now) - 1, -rate.burst), at: now })
}

function expectSome(buckets: LRUCache<string, Bucket>, key: string, rate: Rate, now: number): void {
  const missing = 1 - refilled(buckets, key, rate, now)
  if (missing <= 0) return
  const retryAfterMs = Math.ceil((missing / rate.perSecond) * 1000)
  const text = 'Too many wrong credentials came from this address. Try again later.'
  throw new RequestError('rate_limited', text, undefined, retryAfterMs)
}
