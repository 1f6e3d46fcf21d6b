import type { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'

/** The bytes of an HTTP server's connections, WebSockets included. Counts nothing by itself: Node does. */
export class Traffic {
  readonly #http: HttpServer
  readonly #open = new Set<Socket>()
  #received = 0
  #sent = 0
  readonly #onConnection: (socket: Socket) => void

  constructor(http: HttpServer) {
    this.#http = http
    const traffic = this
    // One listener for all connections, with the connection as `this`.
    function onClose(this: Socket): void {
      traffic.#open.delete(this)
      traffic.#received += this.bytesRead
      traffic.#sent += this.bytesWritten
    }
    this.#onConnection = (socket) => {
      traffic.#open.add(socket)
      socket.once('close', onClose)
    }
    http.on('connection', this.#onConnection)
  }

  get received(): number {
    let bytes = this.#received
    for (const { bytesRead } of this.#open) bytes += bytesRead
    return bytes
  }

  get sent(): number {
    let bytes = this.#sent
    for (const { bytesWritten } of this.#open) bytes += bytesWritten
    return bytes
  }

  stop(): void {
    this.#http.off('connection', this.#onConnection)
  }
}
