import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'

const mostUnreadBytes = 65_536
const framesOfATurn = 32

/**
 * A WebSocket server on which nobody holds up the others. It answers pings only to those who read: whoever sends pings alone would
 * fill the memory with pongs. Of what a connection has sent at once it reads some frames in a turn of the event loop, and the
 * rest in the next ones: a chunk of the network may have hundreds.
 */
export class FairWebSockets extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, autoPong: false })
  }

  override handleUpgrade(
    ...[request, socket, head, done]: Parameters<WebSocketServer['handleUpgrade']>
  ): void {
    super.handleUpgrade(request, socket, head, (connection, ...rest) => {
      connection.on('ping', answerPing)
      takeTurns(connection)
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

/** Lets a turn of the event loop pass before each so many-th frame. */
function takeTurns(connection: WebSocket): void {
  const { _receiver: receiver } = connection as unknown as PrivateWebSocket
  if (!receiver) return
  let frames = 0
  connection.on('message', () => {
    frames = (frames + 1) % framesOfATurn
    receiver._allowSynchronousEvents = frames !== 0
  })
}
