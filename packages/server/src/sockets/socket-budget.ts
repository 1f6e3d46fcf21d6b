import type { ErrorCode, Failure } from '@dowellchat/protocol'
import { RequestError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { Meter } from '../metrics/meter.ts'
import type { TurnShares } from '../queues/turn-shares.ts'
import type { Dialect } from './dialects/dialect.ts'
import { limitedBody, limitOf, longestWait, type Purses, sentenceOf } from './purses.ts'
import type { ChatSocket } from './socket.ts'
import { Strikes } from './strikes.ts'

/** What the budgets of all sockets share. */
export interface BudgetParts {
  readonly limits: Limits
  readonly meter?: Meter | undefined
  readonly now: () => number
  /** How many requests that have waited are run in a turn of the event loop. */
  readonly turns: TurnShares
  /** How many requests of all sockets are being handled, also of those that are gone. */
  readonly inFlightOfAll: () => number
  /** Handles an event; calls `end` of the budget afterwards. */
  readonly run: (socket: ChatSocket, budget: SocketBudget, event: unknown, args: unknown[]) => void
  /** The buckets of a workspace that is not the socket's own. */
  readonly pursesOf: (
    socket: ChatSocket,
    workspaceId: string,
    now: number,
  ) => Pick<Purses, 'workspace' | 'guests'>
  /** Reads nothing from a connection for a while. */
  readonly onFlood: (socket: ChatSocket, waitMs: number) => void
  /** Ends a connection that asks for too much. */
  readonly onAbuse: (socket: ChatSocket, budget: SocketBudget, why: string) => void
}

interface Waiting {
  readonly event: unknown
  readonly args: unknown[]
  readonly bytes: number
}

const windowMs = 10_000
const queueFullMs = 1_000
/** As long as a refusal needs to reach the client: what it has sent until then is refused too, or it would overtake. */
const leastMs = 500
const shownNameLength = 64

/** What one socket may ask for, now and later. Its requests run and wait in their order. */
export class SocketBudget {
  readonly dialect: Dialect
  readonly #parts: BudgetParts
  readonly #socket: ChatSocket
  readonly #purses: Purses
  readonly #workspaceId: string
  #inFlight = 0
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  #isDraining = false
  /** How many that have waited were run, or refused, in this turn of the event loop. */
  #drained = 0
  #isEnded = false
  /** Until then everything is refused, without being read; 0 if nothing is. */
  #limitedUntil = 0
  #limitedBy: keyof Purses = 'connection'
  #pausedUntil = 0
  #invalid: Strikes | undefined
  #missing: Strikes | undefined
  #refused: Strikes | undefined

  constructor(parts: BudgetParts, socket: ChatSocket, dialect: Dialect, purses: Purses) {
    this.#parts = parts
    this.#socket = socket
    this.dialect = dialect
    this.#purses = purses
    this.#workspaceId = socket.data.session.workspace_id
  }

  /** How many events wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** How many events are being handled or wait. */
  get unanswered(): number {
    return this.#inFlight + this.#waiting.length
  }

  /** Runs an event, lets it wait behind the earlier ones, or refuses it. */
  take(event: unknown, args: unknown[]): void {
    if (this.#isEnded) return
    const { inFlightOfAll, limits } = this.#parts
    if (this.#isLimited()) this.#refuse(event, args)
    else if (inFlightOfAll() >= limits.serverRequestsInFlight)
      this.#refuseFull('serverRequestsInFlight', 'The server has too much to do now.', event, args)
    else if (this.#inFlight < limits.requestsInFlight && this.#waiting.length === 0) this.#run(event, args)
    else this.#wait(event, args)
  }

  /** An event has been handled. */
  end(): void {
    this.#inFlight -= 1
    if (this.#waiting.length > 0) this.#drain()
  }

  /**
   * Takes points for a request of a workspace before it runs.
   * @throws RequestError `rate_limited` if one of the buckets has not got them
   */
  charge(points: number, workspaceId: string): void {
    const now = this.#parts.now()
    const purses = this.#pursesOf(workspaceId, now)
    const { connection, user, address, workspace, guests } = purses
    const isShort =
      connection.waitMs(points, now) > 0 ||
      address.waitMs(points, now) > 0 ||
      workspace.waitMs(points, now) > 0 ||
      (user !== undefined && user.waitMs(points, now) > 0) ||
      (guests !== undefined && guests.waitMs(points, now) > 0)
    if (isShort) throw this.#shortOf(points, purses, now)
    takeFrom(purses, points, now)
  }

  /** Takes points for what is known only afterwards. */
  owe(points: number, workspaceId: string): void {
    const now = this.#parts.now()
    const purses = this.#pursesOf(workspaceId, now)
    takeFrom(purses, points, now)
    const [by, waitMs] = longestWait(purses, 1, now)
    if (waitMs > 0) this.#limit(by, waitMs, now)
  }

  /** Counts a request that has failed. */
  failed(code: ErrorCode): void {
    const { limits } = this.#parts
    const { mistakes } = this.dialect
    if (mistakes.codes.has(code)) {
      this.#invalid ??= new Strikes({ most: limits[mistakes.limit], windowMs })
      this.#strike(this.#invalid, 'too many requests that are not valid')
    } else if (code === 'not_found') {
      this.#missing ??= new Strikes({ most: limits.missingRequests, windowMs })
      this.#strike(this.#missing, 'too many requests for what does not exist')
    } else if (code === 'rate_limited') this.#countRefused()
  }

  /** Takes nothing more. */
  close(): void {
    this.#isEnded = true
    this.#waiting.length = 0
  }

  #run(event: unknown, args: unknown[]): void {
    this.#inFlight += 1
    this.#parts.run(this.#socket, this, event, args)
  }

  #wait(event: unknown, args: unknown[]): void {
    const { requestsWaiting, requestsWaitingBytes } = this.#parts.limits
    if (this.#waiting.length >= requestsWaiting || this.#waitingBytes >= requestsWaitingBytes) {
      this.#refuseFull('requestsWaiting', 'Too many requests of this connection wait already.', event, args)
      return
    }
    const bytes = JSON.stringify(args).length
    this.#waitingBytes += bytes
    this.#waiting.push({ event, args, bytes })
  }

  #refuseFull(limit: keyof Limits, why: string, event: unknown, args: readonly unknown[]): void {
    this.#parts.meter?.refused(limit)
    this.#answerFailure(event, args, limitedBody(why, queueFullMs))
    this.#countRefused()
  }

  #drain(): void {
    // A request that fails at once ends while it is being run.
    if (this.#isDraining) return
    this.#isDraining = true
    const { limits, turns } = this.#parts
    while (this.#inFlight < limits.requestsInFlight && this.#drained < turns.ofOne) {
      const next = this.#waiting.shift()
      if (!next) break
      this.#waitingBytes -= next.bytes
      // Each that is refused lets the next one run: all that wait would be refused in one turn, in which nobody else is served.
      this.#drained += 1
      if (this.#drained === 1) setImmediate(this.#endTurn)
      if (this.#isLimited()) this.#refuse(next.event, next.args)
      else this.#run(next.event, next.args)
    }
    this.#isDraining = false
  }

  readonly #endTurn = () => {
    this.#drained = 0
    if (this.#waiting.length === 0) return
    if (this.#inFlight < this.#parts.limits.requestsInFlight) this.#parts.turns.putOff()
    this.#drain()
  }

  #isLimited(): boolean {
    if (this.#limitedUntil === 0) return false
    if (this.#parts.now() < this.#limitedUntil) return true
    this.#limitedUntil = 0
    return false
  }

  #pursesOf(workspaceId: string, now: number): Purses {
    if (workspaceId === this.#workspaceId) return this.#purses
    return { ...this.#purses, ...this.#parts.pursesOf(this.#socket, workspaceId, now) }
  }

  /** What to say when points are missing. From then on requests are refused unread. */
  #shortOf(points: number, purses: Purses, now: number): RequestError {
    const [by, waitMs] = longestWait(purses, points, now)
    const [, firstMs] = longestWait(purses, 1, now)
    this.#parts.meter?.refused(limitOf[by])
    this.#limit(by, firstMs, now)
    const { message, retry_after_ms } = limitedBody(sentenceOf(by), Math.max(waitMs, leastMs))
    return new RequestError('rate_limited', message, undefined, retry_after_ms)
  }

  #limit(by: keyof Purses, waitMs: number, now: number): void {
    this.#limitedBy = by
    this.#limitedUntil = now + Math.max(waitMs, leastMs)
  }

  #refuse(event: unknown, args: unknown[]): void {
    this.#parts.meter?.refused(limitOf[this.#limitedBy])
    const waitMs = Math.ceil(this.#limitedUntil - this.#parts.now())
    this.#answerFailure(event, args, limitedBody(sentenceOf(this.#limitedBy), Math.max(waitMs, 1)))
    if (this.dialect.mistakes.codes.has('unknown_event') || this.dialect.knowsRequest(event))
      this.#countRefused()
    else this.#pause(waitMs)
  }

  /** V2's pages may send events that nobody knows, as fast as they are read. */
  #pause(waitMs: number): void {
    if (this.#pausedUntil === this.#limitedUntil) return
    this.#pausedUntil = this.#limitedUntil
    this.#parts.onFlood(this.#socket, Math.max(waitMs, 1))
  }

  #answerFailure(event: unknown, args: readonly unknown[], error: Failure['error']): void {
    const operation = shownName(event)
    const failed: Failure = { status: 'failure', operation, data: error.message, error }
    const acknowledge = args.at(-1)
    if (typeof acknowledge === 'function') acknowledge(failed)
    else this.dialect.sendFailure(this.#socket, event, failed)
  }

  #countRefused(): void {
    this.#refused ??= new Strikes({ most: this.#parts.limits.refusedRequests, windowMs })
    this.#strike(this.#refused, 'requests went on while they were refused')
  }

  #strike(strikes: Strikes, why: string): void {
    if (!this.#isEnded && strikes.add(this.#parts.now())) this.#parts.onAbuse(this.#socket, this, why)
  }
}

function takeFrom(
  { connection, user, address, workspace, guests }: Purses,
  points: number,
  now: number,
): void {
  connection.take(points, now)
  user?.take(points, now)
  address.take(points, now)
  // What guests owe beyond their share is not the others' to pay.
  workspace.take(guests ? guests.take(points, now) : points, now)
}

/** An event's name, at a length that can be shown. */
export function shownName(event: unknown): string {
  return String(event).slice(0, shownNameLength)
}
