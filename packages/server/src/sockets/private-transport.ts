import type { ServerResponse } from 'node:http'
import type { ChatSocket } from './socket.ts'

export type EngineConnection = ChatSocket['conn']

/**
 * What engine.io's transports keep to themselves, as far as we read it. Another version of it may have none of this: then
 * nothing seems to wait, nothing can be paused, and connections are closed without waiting for the other side.
 * `engine-output.test.ts` notices.
 */
interface PrivateTransport {
  /** The connection of the package `ws`. */
  readonly socket?: {
    readonly bufferedAmount?: number
    readonly _socket?: { readonly bytesWritten: number; readonly writableLength: number }
    pause?(): void
    resume?(): void
    terminate?(): void
    once?(event: 'close', listener: () => void): unknown
  }
  /** Of the poll that waits for data. */
  readonly res?: ServerResponse | null
  onClose?(): void
}

export function privateTransportOf({ transport }: EngineConnection): PrivateTransport {
  return transport as unknown as PrivateTransport
}
