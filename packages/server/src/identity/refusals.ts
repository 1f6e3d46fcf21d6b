import type { ErrorCode } from '@dowellchat/protocol'
import { RequestError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { Buckets } from '../queues/buckets.ts'
import { networkOf } from './address.ts'
import { type Identity, provedUser } from './identity.ts'

export interface RefusalsOptions {
  readonly logger: Logger
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number
}

/** How many wrong credentials an address has at once, and how many more it gets each second. */
const handshakes = { burst: 30, perSecond: 0.5 }
/** V2 pages send their key with every request, so one page with an old key fails many times. */
const keys = { burst: 600, perSecond: 10 }

/** How many connections of a user, and of an address that nobody has proved, are closed for abuse before the next ones wait. */
const abusers = { burst: 3, perSecond: 0.1 }
const abusedAddresses = { burst: 20, perSecond: 0.5 }
const leastRetryMs = 1_000

const minuteMs = 60_000
const mostLines = 1_000

type Who = Pick<Identity, 'session' | 'credential'> & { readonly address: string }

/** Refused handshakes and keys, and closed connections: slows those who guess or abuse, and logs one line an address and minute. */
export class Refusals {
  readonly #logger: Logger
  readonly #now: () => number
  readonly #handshakes = new Buckets(handshakes)
  readonly #keys = new Buckets(keys)
  readonly #abusers = new Buckets(abusers)
  readonly #abusedAddresses = new Buckets(abusedAddresses)
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
    expectSome(this.#handshakes.waitMs(networkOf(address), 1, this.#now()), tooManyWrong)
  }

  /** As `expectHandshake`, for a key in a payload. */
  expectKey(address: string): void {
    expectSome(this.#keys.waitMs(networkOf(address), 1, this.#now()), tooManyWrong)
  }

  /** Throws `rate_limited` while connections of a user, or from an address, have been closed for abuse too often. */
  expectCalm(who: Who): void {
    expectSome(this.#abuseWaitMs(who), tooMuchAbuse)
  }

  /** Counts a connection that was closed for abuse; answers when the next one may come. */
  countAbuse(who: Who): number {
    const user = userOf(who)
    if (user !== undefined) this.#abusers.take(user, 1, this.#now())
    else this.#abusedAddresses.take(networkOf(who.address), 1, this.#now())
    this.#note(who.address, 'rate_limited')
    return Math.max(this.#abuseWaitMs(who), leastRetryMs)
  }

  /** Counts a refused handshake. */
  countHandshake(address: string, code: ErrorCode): void {
    if (code === 'unauthenticated') this.#handshakes.take(networkOf(address), 1, this.#now())
    this.#note(address, code)
  }

  /** Counts a wrong key in a payload. */
  countKey(address: string): void {
    this.#keys.take(networkOf(address), 1, this.#now())
    this.#note(address, 'unauthenticated')
  }

  /** Logs what it has counted. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [address, { code, refused }] of this.#lines)
      this.#logger.info({ address, code, refused }, 'Handshakes or keys were refused, or connections closed')
    if (this.#unlisted > 0)
      this.#logger.info(
        { refused: this.#unlisted },
        'Handshakes or keys of further addresses were refused, or connections closed',
      )
    this.#lines.clear()
    this.#unlisted = 0
  }

  #abuseWaitMs(who: Who): number {
    const user = userOf(who)
    return user === undefined
      ? this.#abusedAddresses.waitMs(networkOf(who.address), 1, this.#now())
      : this.#abusers.waitMs(user, 1, this.#now())
  }

  #note(address: string, code: ErrorCode): void {
    this.#timer ??= setTimeout(() => this.close(), minuteMs).unref()
    const line = this.#lines.get(address)
    if (line) line.refused += 1
    else if (this.#lines.size < mostLines) this.#lines.set(address, { code, refused: 1 })
    else this.#unlisted += 1
  }
}

const tooManyWrong = 'Too many wrong credentials came from this address. Try again later.'
const tooMuchAbuse = 'Connections were closed for sending too much. Try again later.'

function expectSome(waitMs: number, text: string): void {
  if (waitMs > 0) throw new RequestError('rate_limited', text, undefined, waitMs)
}

/** Whom a connection that is closed for abuse counts for; undefined: for its address. Anybody can be any number of guests. */
function userOf(who: Who): string | undefined {
  return who.session.is_guest ? undefined : provedUser(who)
}
