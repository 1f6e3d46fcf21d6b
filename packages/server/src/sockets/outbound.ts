import type { StreamEnds } from '../delivery/stream-ends.ts'
import { failure, RequestError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Meter } from '../metrics/meter.ts'
import { laggingIn } from './dialects/dialect.ts'
import type { Dialects } from './dialects/index.ts'
import { countPolls, pollFarewellMs, waitingBytes } from './engine-output.ts'
import { Heads } from './heads.ts'
import { ReadTurns, type ReadTurnsParts } from './read-turns.ts'
import type { ChatIo, ChatSocket } from './socket.ts'
import type { Sockets } from './sockets.ts'
import { streamRooms } from './subscriptions.ts'
import { cut } from './transport.ts'

interface OutboundParts {
  readonly io: ChatIo
  readonly dialects: Dialects
  readonly sockets: Pick<Sockets, 'onMuchBroadcast'>
  readonly ends: StreamEnds
  readonly limits: Pick<
    Limits,
    'outboundBytes' | 'outboundPushBytes' | 'outboundAnswerBytes' | 'socketReads' | 'headsMs'
  >
  readonly readingEvents: ReadTurnsParts['reads']
  readonly run: ReadTurnsParts['run']
  readonly logger: Logger
  readonly meter: Meter | undefined
}

/** How often all sockets are looked at, beside whenever much was broadcast. */
const lookMs = 500
/** How often those are that lag or read: never where none does, since a timer that runs costs more than all else of a quiet server. */
const lookAgainMs = 50
/** How long a socket that is sent no more entries has to take what is more than it may have. */
const catchBreathMs = 5_000

/**
 * Bounds what waits to be written to each socket. It looks at all of them from time to time, which costs nothing per frame:
 * what comes in between is short, or shared by all who get it, or bounded by `reads`.
 */
export class Outbound {
  readonly reads: ReadTurns
  readonly #parts: OutboundParts
  readonly #heads: Heads
  /** Since when sockets have been sent no entries. */
  readonly #lagging = new Map<ChatSocket, number>()
  readonly #looking: NodeJS.Timeout
  #lookingAgain: NodeJS.Timeout | undefined

  constructor(parts: OutboundParts) {
    this.#parts = parts
    const { io, limits, readingEvents, run } = parts
    this.reads = new ReadTurns({
      reads: readingEvents,
      mostReads: limits.socketReads,
      mostUnwritten: limits.outboundAnswerBytes,
      run,
      onReading: () => this.#watch(),
    })
    this.#heads = new Heads({
      ...parts,
      everyMs: limits.headsMs,
      isExempt: (socket) => this.#lagging.has(socket),
    })
    countPolls(io)
    parts.sockets.onMuchBroadcast = this.#lookAtAll
    this.#looking = setInterval(this.#lookAtAll, lookMs).unref()
  }

  stop(): void {
    clearInterval(this.#looking)
    clearInterval(this.#lookingAgain)
    this.#heads.stop()
  }

  /** Looks often, until nobody lags and nobody reads. */
  #watch(): void {
    this.#lookingAgain ??= setInterval(() => this.#lookAgainAtAll(), lookAgainMs).unref()
  }

  #lookAgainAtAll(): void {
    for (const socket of this.#lagging.keys()) this.#lookAgain(socket)
    this.reads.look()
    if (this.#lagging.size > 0 || this.reads.count > 0) return
    clearInterval(this.#lookingAgain)
    this.#lookingAgain = undefined
  }

  readonly #lookAtAll = (): void => {
    const { io, limits } = this.#parts
    const least = Math.min(limits.outboundBytes, limits.outboundPushBytes)
    for (const socket of io.of('/').sockets.values()) {
      const waiting = waitingBytes(socket.conn)
      if (waiting > least) this.#bound(socket, waiting)
    }
  }

  #bound(socket: ChatSocket, waiting: number): void {
    if (socket.conn.readyState !== 'open') return
    const { limits, dialects } = this.#parts
    // What it reads is bounded by its turns.
    const pushes = waiting - this.reads.unwritten(socket)
    if (pushes > limits.outboundPushBytes && dialects.of(socket).sendHeads) this.#leaveOut(socket)
    if (pushes > limits.outboundBytes && !this.#mayCatchBreath(socket)) this.#close(socket, waiting)
  }

  /** Sends the socket no more entries, until it reads again. */
  #leaveOut(socket: ChatSocket): void {
    if (!this.#lagging.has(socket)) {
      this.#parts.meter?.refused('outboundPushBytes')
      this.#lagging.set(socket, performance.now())
      this.#watch()
    }
    // Also those that it has joined since.
    void socket.join(streamRooms(socket).map(laggingIn))
  }

  #mayCatchBreath(socket: ChatSocket): boolean {
    const since = this.#lagging.get(socket)
    return since !== undefined && performance.now() - since < catchBreathMs
  }

  #lookAgain(socket: ChatSocket): void {
    if (socket.disconnected) {
      this.#lagging.delete(socket)
    } else if (waitingBytes(socket.conn) <= this.#parts.limits.outboundPushBytes / 4) {
      this.#lagging.delete(socket)
      for (const room of streamRooms(socket)) void socket.leave(laggingIn(room))
      // In the same turn: every later entry is sent, and every earlier one is below the heads.
      this.#heads.sendAll(socket)
    }
  }

  /** Below socket.io, so that the client comes back by itself. */
  #close(socket: ChatSocket, bytes: number): void {
    const { dialects, logger, meter } = this.#parts
    meter?.refused('outboundBytes')
    logger.info({ socket: socket.id, bytes }, 'A connection is closed: it does not read what it is sent')
    dialects.of(socket).sendFailure(socket, 'connection', failure('connection', tooSlow()))
    socket.conn.close()
    setTimeout(cut, pollFarewellMs, socket).unref()
  }
}

function tooSlow(): RequestError {
  return new RequestError('limit_reached', 'Too much waits to be read by this connection', 'slow_reader')
}
