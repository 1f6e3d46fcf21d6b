import { failure, type RequestError } from '../errors.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { ChatSocket } from './socket.ts'

/**
 * Says why, and closes the connection. It is closed below socket.io, because a client does not come back by itself after
 * socket.io's own goodbye. From here on nothing more is sent or taken.
 */
export function dismiss(socket: ChatSocket, dialect: Dialect, error: RequestError): void {
  dialect.sendEnd(socket, failure('connection', error))
  socket.conn.close()
}
