import { dropPolls } from './engine-output.ts'
import { privateTransportOf } from './private-transport.ts'
import type { ChatSocket } from './socket.ts'

/** Reads nothing more from a connection: what is on its way stays with the sender. */
export function stopReading(socket: ChatSocket): void {
  privateTransportOf(socket.conn).socket?.pause?.()
}

/** Reads again from a connection, unless it has ended meanwhile. */
export function goOnReading(socket: ChatSocket): void {
  if (socket.conn.readyState === 'open') privateTransportOf(socket.conn).socket?.resume?.()
}

/** Ends a connection whose other side does not end it. engine.io takes it for closed before the package `ws` has closed it. */
export function cut(socket: Pick<ChatSocket, 'conn'>): void {
  const transport = privateTransportOf(socket.conn)
  dropPolls(socket.conn)
  if (transport.socket) transport.socket.terminate?.()
  else if (socket.conn.readyState !== 'closed') transport.onClose?.()
}
