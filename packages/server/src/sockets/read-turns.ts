import { onceWritten, waitingBytes, writtenBytes } from './engine-output.ts'
import type { ChatSocket } from './socket.ts'
import type { BudgetParts, SocketBudget } from './socket-budget.ts'

type Run = (...request: Parameters<BudgetParts['run']>) => Promise<void>

export interface ReadTurnsParts {
  /** The events that read much: a page or a list, or a whole conversation, which is read alone. */
  readonly reads: ReadonlyMap<unknown, 'page' | 'whole'>
  /** How many pages and lists may be read at a time for a socket that takes them at once. */
  readonly mostReads: number
  /** Bytes of answers that may be unwritten when a read begins. */
  readonly mostUnwritten: number
  readonly run: Run
  /** A socket reads that did not. */
  readonly onReading: () => void
}

/** How many of these for a socket that has not taken everything yet. */
const mostSlowReads = 2

interface Request {
  /** What it reads; undefined if nothing to speak of. */
  readonly kind: 'page' | 'whole' | undefined
  readonly run: () => Promise<void>
}

interface WaitingRequest extends Request {
  /** Called once it is handled. */
  readonly resolve: () => void
}

/** An answer that was not written at once. */
interface Answer {
  readonly bytes: number
  /** It is written when so much has been, in the count of `writtenBytes`. */
  readonly until: number
}

/** The reads of one socket. */
interface Reading {
  /** How many reads are under way, and whether one of them is to be alone. */
  reads: number
  isWhole: boolean
  /** Requests in their order, of which the first is a read whose turn has not come. */
  readonly waiting: WaitingRequest[]
  answers: readonly Answer[]
  isWatched: boolean
}

/**
 * Lets a socket read only what it takes: a page or a list begins to be read when few others are being read for the socket,
 * and little of what it was answered is still unwritten. What the socket asks for after a read that waits, waits behind it.
 */
export class ReadTurns {
  readonly #parts: ReadTurnsParts
  readonly #readings = new Map<ChatSocket, Reading>()
  /** How many sockets have requests that wait. */
  #queues = 0

  constructor(parts: ReadTurnsParts) {
    this.#parts = parts
  }

  /** How many sockets read, or have not been written all that they have read. */
  get count(): number {
    return this.#readings.size
  }

  /** Handles an event now, or in its turn. Resolves when it is handled. */
  handle(socket: ChatSocket, budget: SocketBudget, event: unknown, args: unknown[]): Promise<void> {
    const kind = this.#parts.reads.get(event)
    const isFree = kind === undefined && (this.#queues === 0 || !this.#readings.get(socket)?.waiting.length)
    if (isFree) return this.#parts.run(socket, budget, event, args)
    const reading = this.#readingOf(socket)
    const request = { kind, run: () => this.#parts.run(socket, budget, event, args) }
    if (reading.waiting.length === 0 && this.#mayStart(socket, reading, request))
      return this.#start(socket, reading, request)
    return this.#wait(socket, reading, request)
  }

  /** Sends an answer and notes what of it is unwritten. */
  answer(socket: ChatSocket, send: () => void): void {
    const before = waitingBytes(socket.conn)
    send()
    const waiting = waitingBytes(socket.conn)
    if (waiting <= before) return
    const reading = this.#readings.get(socket)
    const answer = { bytes: waiting - before, until: writtenBytes(socket.conn) + waiting }
    if (reading) reading.answers = [...reading.answers, answer]
  }

  /** Bytes of the answers that a socket has not been written yet. */
  unwritten(socket: ChatSocket): number {
    const reading = this.#readings.get(socket)
    if (!reading || reading.answers.length === 0) return 0
    const isOver = socket.conn.readyState !== 'open' || waitingBytes(socket.conn) === 0
    const written = isOver ? Number.POSITIVE_INFINITY : writtenBytes(socket.conn)
    reading.answers = reading.answers.filter(({ until }) => until > written)
    return reading.answers.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Looks at every socket that reads: one that is gone, or was written to unnoticed, wakes nobody. */
  look(): void {
    for (const [socket, reading] of this.#readings) this.#go(socket, reading)
  }

  #readingOf(socket: ChatSocket): Reading {
    const known = this.#readings.get(socket)
    if (known) return known
    const reading: Reading = { reads: 0, isWhole: false, waiting: [], answers: [], isWatched: false }
    this.#readings.set(socket, reading)
    this.#parts.onReading()
    return reading
  }

  #start(socket: ChatSocket, reading: Reading, { kind, run }: Request): Promise<void> {
    if (kind) reading.reads += 1
    if (kind === 'whole') reading.isWhole = true
    const handled = run()
    void handled.then(() => {
      if (kind) reading.reads -= 1
      if (kind === 'whole') reading.isWhole = false
      this.#go(socket, reading)
    })
    return handled
  }

  #wait(socket: ChatSocket, reading: Reading, request: Request): Promise<void> {
    if (reading.waiting.length === 0) this.#queues += 1
    return new Promise((resolve) => {
      reading.waiting.push({ ...request, resolve })
      this.#watch(socket, reading)
    })
  }

  /** Starts what may start. */
  #go(socket: ChatSocket, reading: Reading): void {
    for (
      let next = reading.waiting[0];
      next && this.#mayStart(socket, reading, next);
      next = reading.waiting[0]
    ) {
      reading.waiting.shift()
      if (reading.waiting.length === 0) this.#queues -= 1
      void this.#start(socket, reading, next).then(next.resolve)
    }
    if (reading.waiting.length > 0) this.#watch(socket, reading)
    else if (reading.reads === 0 && this.#readings.get(socket) === reading && this.unwritten(socket) === 0)
      this.#readings.delete(socket)
  }

  #mayStart(socket: ChatSocket, { reads, isWhole }: Reading, { kind }: Request): boolean {
    const { mostReads, mostUnwritten } = this.#parts
    // One that is closing is answered no more, so nothing has to wait.
    if (!kind || socket.conn.readyState !== 'open') return true
    const unwritten = this.unwritten(socket)
    const most = unwritten === 0 ? mostReads : Math.min(mostReads, mostSlowReads)
    return !isWhole && reads < (kind === 'whole' ? 1 : most) && unwritten < mostUnwritten
  }

  #watch(socket: ChatSocket, reading: Reading): void {
    if (reading.isWatched || reading.answers.length === 0) return
    reading.isWatched = true
    onceWritten(socket.conn, () => {
      reading.isWatched = false
      this.#go(socket, reading)
    })
  }
}
