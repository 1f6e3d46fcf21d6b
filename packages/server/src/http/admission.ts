import type { IncomingMessage } from 'node:http'
import type { ErrorCode } from '@dowellchat/protocol'
import { type AddressOf, networkOf } from '../identity/address.ts'
import type { Limits } from '../limits.ts'
import type { Meter, RefusedBy } from '../metrics/meter.ts'
import { Buckets } from '../queues/buckets.ts'
import { type Waiting, WaitingLine } from './waiting-line.ts'

type AdmissionLimits = Pick<
  Limits,
  | 'handshakes'
  | 'handshakesPerSecond'
  | 'addressHandshakes'
  | 'addressHandshakesPerSecond'
  | 'addressConnections'
>

export interface AdmissionOptions {
  readonly limits: AdmissionLimits
  readonly addressOf: AddressOf
  readonly meter?: Meter | undefined
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number
}

/** Why a connection is not opened now, and when to try again. */
export interface Delay {
  readonly status: 429 | 503
  readonly code: ErrorCode
  readonly text: string
  readonly retryAfterMs: number
}

/** A request that would open a connection. */
export interface Handshake extends Waiting {
  readonly request: IncomingMessage
  refuse(delay: Delay): void
}

/** A connection that is open, as engine.io has it. */
export interface OpenConnection {
  readonly request: IncomingMessage
  readonly remoteAddress: string
}

/** How far into the future clients are sent at most. */
const mostDelayMs = 10_000
/** Somebody must close another connection first. */
const fullMs = 15_000
/** Another server takes over soon. */
const closingMs = 1_000

/**
 * Opens connections one after the other, no faster than the server can greet them, and no more for one address than its share.
 * Those that find the line full are told different times, so that they do not come back together.
 */
export class Admission {
  readonly #limits: AdmissionLimits
  readonly #addressOf: AddressOf
  readonly #meter: Meter | undefined
  readonly #now: () => number
  readonly #line: WaitingLine
  readonly #byNetwork: Buckets
  /** Open connections by network, also those that are still connecting. */
  readonly #open = new Map<string, number>()
  /** The time that the last client was sent to. */
  #sentTo = 0
  #isClosed = false

  constructor({ limits, addressOf, meter, now = () => performance.now() }: AdmissionOptions) {
    this.#limits = limits
    this.#addressOf = addressOf
    this.#meter = meter
    this.#now = now
    this.#line = new WaitingLine({ places: limits.handshakes, perSecond: limits.handshakesPerSecond, now })
    this.#byNetwork = new Buckets({
      burst: limits.addressHandshakes,
      perSecond: limits.addressHandshakesPerSecond,
    })
  }

  /** Lets nobody in any more, also those that wait. */
  close(): void {
    this.#isClosed = true
    for (const handshake of this.#line.close() as Handshake[]) handshake.refuse(this.closed() as Delay)
  }

  /** Lets a handshake begin, now or soon, or refuses it. */
  take(handshake: Handshake): void {
    const delay = this.#delayOf(handshake)
    if (delay) handshake.refuse(delay)
  }

  /** Why nobody is let in any more; undefined as long as people are. */
  closed(): Delay | undefined {
    return this.#isClosed ? { ...closing, retryAfterMs: spread(closingMs) } : undefined
  }

  #delayOf(handshake: Handshake): Delay | undefined {
    const closed = this.closed()
    if (closed) return closed
    const { request } = handshake
    const network = this.networkOf(request, request.socket.remoteAddress)
    const full = this.#fullAt(network)
    if (full) return full
    const now = this.#now()
    const ownMs = this.#byNetwork.waitMs(network, 1, now)
    // Before it takes a place in the line: one address must not fill it.
    if (ownMs > 0) return this.#refused('addressHandshakes', tooFast, spread(ownMs + 1_000))
    this.#byNetwork.take(network, 1, now)
    const isWaiting = this.#line.join({
      ...handshake,
      letIn: () => {
        // Others of its address may have come in while it waited.
        const full = this.#fullAt(network)
        if (full) handshake.refuse(full)
        else handshake.letIn()
      },
    })
    return isWaiting ? undefined : this.#refused('handshakes', busy, this.#nextMs(now))
  }

  #fullAt(network: string): Delay | undefined {
    if (this.#countOf(network) < this.#limits.addressConnections) return undefined
    return this.#refused('addressConnections', tooMany, spread(fullMs))
  }

  /** Counts an open connection. Answers whether its address has too many: several may have been admitted at once. */
  add(connection: OpenConnection): boolean {
    const network = this.#networkOfOpen(connection)
    const count = this.#countOf(network) + 1
    this.#open.set(network, count)
    const isTooMany = count > this.#limits.addressConnections
    if (isTooMany) this.#meter?.refused('addressConnections')
    return isTooMany
  }

  remove(connection: OpenConnection): void {
    const network = this.#networkOfOpen(connection)
    const count = this.#countOf(network) - 1
    if (count > 0) this.#open.set(network, count)
    else this.#open.delete(network)
  }

  /** Whether a request comes from where a connection was opened. */
  isOfSameNetwork(request: IncomingMessage, connection: OpenConnection): boolean {
    const network = this.networkOf(request, request.socket.remoteAddress)
    return network === this.#networkOfOpen(connection)
  }

  networkOf({ headers }: IncomingMessage, remoteAddress: string | undefined): string {
    return networkOf(this.#addressOf({ remoteAddress, forwardedFor: headers['x-forwarded-for'] }))
  }

  #networkOfOpen({ request, remoteAddress }: OpenConnection): string {
    return this.networkOf(request, remoteAddress)
  }

  #countOf(network: string): number {
    return this.#open.get(network) ?? 0
  }

  #refused(limit: RefusedBy, delay: Omit<Delay, 'retryAfterMs'>, retryAfterMs: number): Delay {
    this.#meter?.refused(limit)
    return { ...delay, retryAfterMs }
  }

  /** Sends each client behind the last one, as fast as the line moves. */
  #nextMs(now: number): number {
    const { handshakesPerSecond } = this.#limits
    const lineMs = (this.#line.length * 1000) / handshakesPerSecond
    this.#sentTo = Math.max(this.#sentTo, now + lineMs) + 1000 / handshakesPerSecond
    if (this.#sentTo > now + mostDelayMs) this.#sentTo = now + lineMs
    return Math.ceil(this.#sentTo - now + Math.random() * 500)
  }
}

const limited = { code: 'rate_limited' } as const
const busy = {
  ...limited,
  status: 503,
  text: 'The server is taking in many clients. Try again soon.',
} as const
const tooFast = {
  ...limited,
  status: 429,
  text: 'Too many connections begin at this address. Try again soon.',
} as const
const tooMany = {
  ...limited,
  status: 429,
  text: 'This address has too many connections. Close some.',
} as const
const closing = { code: 'unavailable', status: 503, text: 'The server is closing. Try again soon.' } as const

/** Between three and five quarters of a time. */
function spread(ms: number): number {
  return Math.ceil(ms * (0.75 + Math.random() / 2))
}
