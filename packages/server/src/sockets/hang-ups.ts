import { within } from '../queues/within.ts'
import { type EngineConnection, privateTransportOf } from './private-transport.ts'
import type { ChatSocket } from './socket.ts'

/** What is waited for: a WebSocket of the package `ws`, or a connection that polls. */
interface Closing {
  once(event: 'close', listener: () => void): unknown
  terminate?(): void
}

/**
 * Closes connections below socket.io, so that clients come back by themselves: after socket.io's own goodbye they do not.
 * What has been written is sent first.
 */
export class HangUps {
  readonly #closing = new Set<Closing>()
  #onGone: (() => void) | undefined

  hangUp({ conn }: Pick<ChatSocket, 'conn'>): void {
    if (conn.readyState !== 'open') return
    const closing = webSocketOf(conn) ?? conn
    this.#closing.add(closing)
    closing.once('close', () => this.#forget(closing))
    conn.close()
  }

  /** Resolves once the connections are closed on both sides. Those that are not after so many milliseconds are cut. */
  async gone(ms: number): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.#onGone = resolve
    })
    if (this.#closing.size === 0 || (await within(ms, gone))) return
    for (const closing of this.#closing) closing.terminate?.()
  }

  #forget(closing: Closing): void {
    this.#closing.delete(closing)
    if (this.#closing.size === 0) this.#onGone?.()
  }
}

/** The WebSocket of a connection that has one. */
function webSocketOf(connection: EngineConnection): Closing | undefined {
  const { socket } = privateTransportOf(connection)
  return socket?.terminate && socket.once ? (socket as Closing) : undefined
}
