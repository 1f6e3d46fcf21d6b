import { onceWritten, waitingBytes, writtenBytes } from './engine-output.ts'
import type { ChatSocket } from './socket.ts'
import type { BudgetParts, SocketBudget } from './socket-budget.ts'

type Run = (...request: Parameters<BudgetParts['run']>) => Promise<void>

export interface ReadTurnsParts {
  /** How many places each event takes among the reads of a socket; those that are missing read nothing to speak of. */
  readonly places: ReadonlyMap<unknown, number>
  /** How many places a socket has. */
  readonly mostPlaces: number
  /** Bytes of answers that may be unwritten when a read begins. */
  readonly mostUnwritten: number
  readonly run: Run
}

interface Request {
  readonly places: number
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
  /** Places that are taken. */
  taken: number
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

  /** Handles an event now, or in its turn. Resolves when it is handled. */
  handle(socket: ChatSocket, budget: SocketBudget, event: unknown, args: unknown[]): Promise<void> {
    const places = this.#parts.places.get(event) ?? 0
    const isFree = places === 0 && (this.#queues === 0 || !this.#readings.get(socket)?.waiting.length)
    if (isFree) return this.#parts.run(socket, budget, event, args)
    const reading = this.#readingOf(socket)
    const request = { places, run: () => this.#parts.run(socket, budget, event, args) }
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

  /** Bytes of the answers that a socket has not been written yet: of all, and of the longest. */
  unwritten(socket: ChatSocket): { readonly all: number; readonly longest: number } {
    const reading = this.#readings.get(socket)
    if (!reading || reading.answers.length === 0) return { all: 0, longest: 0 }
    const isOver = socket.conn.readyState !== 'open' || waitingBytes(socket.conn) === 0
    const written = isOver ? Number.POSITIVE_INFINITY : writtenBytes(socket.conn)
    reading.answers = reading.answers.filter(({ until }) => until > written)
    const sizes = reading.answers.map(({ bytes }) => bytes)
    return { all: sizes.reduce((sum, bytes) => sum + bytes, 0), longest: Math.max(0, ...sizes) }
  }

  /** Looks at every socket that reads: one that is gone, or was written to unnoticed, wakes nobody. */
  look(): void {
    for (const [socket, reading] of this.#readings) this.#go(socket, reading)
  }

  #readingOf(socket: ChatSocket): Reading {
    const known = this.#readings.get(socket)
    if (known) return known
    const reading: Reading = { taken: 0, waiting: [], answers: [], isWatched: false }
    this.#readings.set(socket, reading)
    return reading
  }

  #start(socket: ChatSocket, reading: Reading, { places, run }: Request): Promise<void> {
    reading.taken += places
    const handled = run()
    void handled.then(() => {
      reading.taken -= places
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
    else if (
      reading.taken === 0 &&
      this.#readings.get(socket) === reading &&
      this.unwritten(socket).all === 0
    )
      this.#readings.delete(socket)
  }

  #mayStart(socket: ChatSocket, { taken }: Reading, { places }: Request): boolean {
    const { mostPlaces, mostUnwritten } = this.#parts
    // One that is closing is answered no more, so nothing has to wait.
    if (places === 0 || socket.conn.readyState !== 'open') return true
    if (taken > 0 && taken + places > mostPlaces) return false
    return this.unwritten(socket).all < mostUnwritten
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
