import type { StreamHead } from '@dowellchat/protocol'
import type { Encoded } from '../delivery/encoded.ts'
import type { StreamEnds } from '../delivery/stream-ends.ts'
import { streamOfRoom } from './dialects/dialect.ts'
import type { Dialects } from './dialects/index.ts'
import type { ChatIo, ChatSocket } from './socket.ts'

interface HeadsParts {
  readonly io: ChatIo
  readonly dialects: Dialects
  readonly ends: StreamEnds
  /** Every socket has its turn once in this time. */
  readonly everyMs: number
  /** Sockets that do not get them. */
  readonly isExempt: (socket: ChatSocket) => boolean
}

const ticks = 20

/**
 * Says from time to time where streams end, so that the loss of a last entry is noticed. In each tick it is some sockets'
 * turn, for those of their streams in which this server has broadcast anything since their last turn. Costs a socket the same
 * whatever its streams hold, and the store nothing.
 */
export class Heads {
  readonly #parts: HeadsParts
  readonly #timer: NodeJS.Timeout

  constructor(parts: HeadsParts) {
    this.#parts = parts
    this.#timer = setInterval(() => this.#tick(), Math.max(1, parts.everyMs / ticks))
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Sends the heads of all streams of a socket in which anything was broadcast since the server's start. */
  sendAll(socket: ChatSocket): void {
    this.#send(socket, 0, Number.POSITIVE_INFINITY)
  }

  #tick(): void {
    const { io, ends, isExempt } = this.#parts
    const tick = ends.nextTick()
    // What was broadcast in the tick before may be on its way. It is not older than one tick at the next turn.
    const [since, until] = [Math.max(0, tick - ticks - 1), tick - 2]
    if (!ends.hasChanged(since)) return
    for (const socket of io.of('/').sockets.values())
      if (turnOf(socket) === tick % ticks && !isExempt(socket)) this.#send(socket, since, until)
  }

  #send(socket: ChatSocket, since: number, until: number): void {
    const dialect = this.#parts.dialects.of(socket)
    if (!dialect.sendHeads) return
    const heads = this.#headsOf(socket, since, until)
    if (heads.length > 0) dialect.sendHeads(socket, heads)
  }

  #headsOf(socket: ChatSocket, since: number, until: number): Encoded<StreamHead>[] {
    const heads: Encoded<StreamHead>[] = []
    for (const room of socket.rooms) {
      const stream = streamOfRoom(room)
      const head = stream && this.#parts.ends.head(stream.id, stream.name, since, until)
      if (head) heads.push(head)
    }
    return heads
  }
}

/** In which tick of each round it is a socket's turn: ids are random, so all ticks have about as many. */
function turnOf({ id }: ChatSocket): number {
  return (id.charCodeAt(0) * 31 + id.charCodeAt(1)) % ticks
}
