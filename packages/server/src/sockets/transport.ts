import { dropPolls } from './engine-output.ts'
import type { ChatSocket } from './socket.ts'

/** What engine.io keeps to itself. Another version of it may have none of this: then frames are read, and dropped. */
interface PrivateTransport {
  /** The connection of the package `ws`. */
  readonly socket?: { pause?(): void; resume?(): void; terminate?(): void }
  onClose?(): void
}

function transportOf({ conn }: Pick<ChatSocket, 'conn'>): PrivateTransport {
  return conn.transport as unknown as PrivateTransport
}

/** Reads nothing more from a connection: what is on its way stays with the sender. */
export function stopReading(socket: ChatSocket): void {
  transportOf(socket).socket?.pause?.()
}

/** Reads again from a connection, unless it has ended meanwhile. */
export function goOnReading(socket: ChatSocket): void {
  if (socket.conn.readyState === 'open') transportOf(socket).socket?.resume?.()
}

/** Ends a connection whose other side does not end it. engine.io takes it for closed before the package `ws` has closed it. */
export function cut(socket: Pick<ChatSocket, 'conn'>): void {
  const transport = transportOf(socket)
  dropPolls(socket.conn)
  if (transport.socket) transport.socket.terminate?.()
  else if (socket.conn.readyState !== 'closed') transport.onClose?.()
}
