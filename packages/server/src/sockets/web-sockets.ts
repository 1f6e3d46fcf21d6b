import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { TurnShares } from '../queues/turn-shares.ts'

const mostUnreadBytes = 65_536
const framesOfATurn = { ofOne: 32, ofAll: 64 }

/**
 * A WebSocket server on which nobody holds up the others. It answers pings only to those who read: whoever sends pings alone would
 * fill the memory with pongs. Of what a connection has sent at once it reads some frames in a turn of the event loop, and the
 * rest in the next ones: a chunk of the network may have hundreds. Several who send so much share the turns.
 */
export class FairWebSockets extends WebSocketServer {
  readonly #shares: TurnShares

  /** @param now the clock of turns */
  constructor(options: ServerOptions, now?: () => number) {
    super({ ...options, autoPong: false })
    this.#shares = new TurnShares(framesOfATurn, now)
  }

  override handleUpgrade(
    ...[request, socket, head, done]: Parameters<WebSocketServer['handleUpgrade']>
  ): void {
    super.handleUpgrade(request, socket, head, (connection, ...rest) => {
      connection.on('ping', answerPing)
      takeTurns(connection, this.#shares)
      done(connection, ...rest)
    })
  }
}

function answerPing(this: WebSocket, data: Buffer): void {
  if (this.bufferedAmount < mostUnreadBytes) this.pong(data)
}

/** What `ws` keeps to itself. Another version may not have it: then all frames are read at once. `web-sockets.test.ts` notices. */
interface PrivateWebSocket {
  /** Whether the next frame is read in the same turn is an option of `ws`, which we change from frame to frame. */
  readonly _receiver?: { _allowSynchronousEvents: boolean }
}

/** Puts off what a connection has sent beyond so many frames of one turn of the event loop. What fits stays together. */
function takeTurns(connection: WebSocket, shares: TurnShares): void {
  const { _receiver: receiver } = connection as unknown as PrivateWebSocket
  if (!receiver) return
  let frames = 0
  const endTurn = () => {
    frames = 0
  }
  connection.on('message', () => {
    // Asked for before `ws` asks to go on: the turn has ended when what is put off is read.
    if (frames === 0) setImmediate(endTurn)
    frames += 1
    const isLast = frames >= shares.ofOne
    receiver._allowSynchronousEvents = !isLast
    if (isLast) shares.putOff()
  })
}
