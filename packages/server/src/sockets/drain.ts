import { setTimeout as pause } from 'node:timers/promises'
import type { Limits } from '../limits.ts'
import type { Logger } from '../logger.ts'
import { HangUps } from './hang-ups.ts'
import type { ChatIo, ChatSocket } from './socket.ts'

export interface DrainParts {
  readonly io: ChatIo
  readonly limits: Pick<Limits, 'drainMs' | 'finishMs'>
  /** How many requests of a socket are not answered yet. */
  readonly unansweredOf: (socket: ChatSocket) => number
  readonly logger: Logger
}

const msForEach = 10
const tickMs = 10
/** How long a client may take to close its side. */
const goodbyeMs = 1_000

/**
 * Closes all connections, one after the other, so that their clients come back one after the other. Each is served until its
 * turn; then what it has asked is answered first, within `finishMs`.
 */
export async function drain({ io, limits, unansweredOf, logger }: DrainParts): Promise<void> {
  const { sockets } = io.of('/')
  const hangUps = new HangUps()
  const waiting = [...sockets.values()].reverse()
  const leaving = new Map<ChatSocket, number>()
  const everyMs = Math.min(limits.drainMs / waiting.length, msForEach)
  if (waiting.length > 0) logger.info({ connections: waiting.length }, 'The connections are being closed')
  let cut = 0
  for (let next = performance.now(); waiting.length > 0 || leaving.size > 0; ) {
    const now = performance.now()
    for (; next <= now && waiting.length > 0; next += everyMs) {
      const socket = waiting.pop() as ChatSocket
      // From here on it is not listened to: its client sends again what it sends now.
      socket.offAny()
      leaving.set(socket, now + limits.finishMs)
    }
    for (const [socket, until] of leaving) {
      const unanswered = unansweredOf(socket)
      if (unanswered > 0 && now < until) continue
      cut += unanswered
      leaving.delete(socket)
      hangUps.hangUp(socket)
    }
    if (waiting.length > 0 || leaving.size > 0) await pause(tickMs)
  }
  // Those that were just being let in.
  for (const socket of sockets.values()) hangUps.hangUp(socket)
  if (cut > 0) logger.warn({ requests: cut }, 'Requests were not finished in time; they get no answer')
  await hangUps.gone(goodbyeMs)
}
