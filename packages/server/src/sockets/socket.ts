import type { DefaultEventsMap, Server, Socket } from 'socket.io'
import type { Identity } from '../identity/identity.ts'

/** What the server remembers of a socket while it is connected. */
export interface SocketData extends Pick<Identity, 'session' | 'credential'> {
  /** The protocol of its dialect, as in the handshake. Other nodes read this, so it is plain data. */
  readonly protocol: unknown
  /** Of the client, also behind trusted proxies. */
  readonly address: string
}

/** socket.io's server and sockets with our data. Only the dialects know the events' names. */
export type ChatIo = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>
export type ChatSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>

/** Closes the connection of a socket that `next(error)` has refused, once it has the error: socket.io would leave it open. */
export function closeOnceRefused(socket: ChatSocket): void {
  // socket.io writes the error in the next tick; closing then waits until what is written has been sent.
  setImmediate(() => socket.conn.close())
}
