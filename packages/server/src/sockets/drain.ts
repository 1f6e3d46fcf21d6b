import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod/mini'
import type { Limits } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { HangUps } from './hang-ups.ts'
import type { ChatIo, ChatSocket } from './socket.ts'

export interface DrainParts {
  readonly io: ChatIo
  readonly limits: Pick<Limits, 'drainMs' | 'finishMs'>
  /** How many requests of a socket are not answered yet. */
  readonly unansweredOf: (socket: ChatSocket) => number
  /** The other servers, which get the clients. */
  readonly nodes: Pick<Nodes, 'ask' | 'read' | 'others' | 'isBusConnected'>
  readonly logger: Logger
}

const question = 'in_flight'
const InFlight = z.nullable(z.int())

const msForEach = 10
const tickMs = 10
/** How long a client may take to close its side. */
const goodbyeMs = 1_000
/** A server with more requests in hand is behind with the clients that it has got. */
const manyInFlight = 30
const lookMs = 200

/**
 * Closes all connections, one after the other, so that their clients come back one after the other. Each is served until its
 * turn; then what it has asked is answered first, within `finishMs`. While another server is behind with those who have come,
 * the rest stay where they are served, `drainMs` longer in all at most.
 */
export async function drain({ io, limits, unansweredOf, nodes, logger }: DrainParts): Promise<void> {
  const { sockets } = io.of('/')
  const hangUps = new HangUps()
  const waiting = [...sockets.values()].reverse()
  const leaving = new Map<ChatSocket, number>()
  const everyMs = Math.min(limits.drainMs / waiting.length, msForEach)
  if (waiting.length > 0) logger.info({ connections: waiting.length }, 'The connections are being closed')
  const others = watch(nodes)
  let cut = 0
  let heldMs = 0
  let before = performance.now()
  for (let next = before; waiting.length > 0 || leaving.size > 0; ) {
    const now = performance.now()
    if (others.areBehind && heldMs < limits.drainMs) {
      heldMs += now - before
      next += now - before
    }
    before = now
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
  others.stop()
  // Those that were just being let in.
  for (const socket of sockets.values()) hangUps.hangUp(socket)
  if (cut > 0) logger.warn({ requests: cut }, 'Requests were not finished in time; they get no answer')
  await hangUps.gone(goodbyeMs)
}

/** Says how many requests a server has in hand, to those that drain. */
export function answerDraining(nodes: Pick<Nodes, 'answer'>, inFlight: () => number): void {
  nodes.answer(question, inFlight)
}

/** Looks again and again how far the other servers are. One that does not answer in time is behind, too. */
function watch(nodes: DrainParts['nodes']) {
  let areBehind = false
  let isOver = false

  async function look(): Promise<void> {
    while (!isOver) {
      const asked = nodes.isBusConnected ? nodes.others.length : 0
      const answers = await nodes.ask(question, null)
      const isBehind = (answer: unknown) => (nodes.read(InFlight, answer) ?? 0) > manyInFlight
      areBehind = answers.length < asked || answers.some(isBehind)
      await pause(lookMs)
    }
  }

  void look()
  return {
    get areBehind() {
      return areBehind
    },
    stop() {
      isOver = true
    },
  }
}
