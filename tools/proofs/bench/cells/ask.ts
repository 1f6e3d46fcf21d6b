import type { DataOf, PayloadOf, RequestName } from '../../../../packages/protocol/src/index.ts'
import type { Auth, RawSocket } from '../raw-socket.ts'
import { type Contestant, expectSuccess } from '../servers.ts'

/** A socket that a bare server serves more than messages: it has to say so. */
export function connectAs(server: Contestant, user: number, as: Auth = {}): Promise<RawSocket> {
  return server.connect(user, server.isBare ? { ...as, has_requests: true } : as)
}

/** Sends a request, and throws unless it succeeds. */
export async function ask<Name extends RequestName>(
  socket: RawSocket,
  event: Name,
  payload: PayloadOf<Name>,
): Promise<DataOf<Name>> {
  const answer = await socket.request(event, payload)
  expectSuccess(answer, event)
  // Of a bare server it is only what the cells read.
  return (answer as { data: DataOf<Name> }).data
}
