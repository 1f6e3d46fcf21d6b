import { createHash } from 'node:crypto'
import { isAnonymous } from '../../identity/anonymous.ts'
import type { ChatIo, ChatSocket } from '../socket.ts'

/** The sockets of one page connect within this time. */
const togetherMs = 10_000
/** A page has up to a dozen; where there are more, nobody can tell whose they are. */
const mostSockets = 24

/**
 * The socket.io room of all sockets that look as if they were one page's: without identity, of one address, browser and origin.
 * Undefined for the others. Sockets without an Origin are no page's.
 */
export function pageRoom({ handshake, data }: ChatSocket): string | undefined {
  const { origin, 'user-agent': agent = '' } = handshake.headers
  if (origin === undefined || !isAnonymous(data.session)) return undefined
  const { workspace_id } = data.session
  const name = JSON.stringify([workspace_id, data.address, agent, origin])
  return `v2\npage\n${createHash('sha256').update(name).digest('base64url')}`
}

/** The other sockets on this server of the page that a socket belongs to. */
export function othersOfPage(io: ChatIo, socket: ChatSocket): ChatSocket[] {
  const room = pageRoom(socket)
  const { adapter, sockets } = io.of('/')
  const ids = room === undefined ? undefined : adapter.rooms.get(room)
  if (!ids) return []
  const together: ChatSocket[] = []
  for (const id of ids) {
    const other = sockets.get(id)
    if (!other || other === socket) continue
    if (Math.abs(other.handshake.issued - socket.handshake.issued) <= togetherMs) together.push(other)
    if (together.length > mostSockets) return []
  }
  return together
}
