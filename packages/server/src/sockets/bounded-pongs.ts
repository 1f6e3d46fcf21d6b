import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'

const mostUnreadBytes = 65_536

/** A WebSocket server that answers pings only to those who read: whoever sends pings alone would fill the memory with pongs. */
export class BoundedPongs extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, autoPong: false })
  }

  override handleUpgrade(
    ...[request, socket, head, done]: Parameters<WebSocketServer['handleUpgrade']>
  ): void {
    super.handleUpgrade(request, socket, head, (connection, ...rest) => {
      connection.on('ping', answerPing)
      done(connection, ...rest)
    })
  }
}

function answerPing(this: WebSocket, data: Buffer): void {
  if (this.bufferedAmount < mostUnreadBytes) this.pong(data)
}
