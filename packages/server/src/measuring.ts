import type { Server as HttpServer } from 'node:http'
import type { TicketTarget } from '@dowellchat/protocol'
import type { Chat } from './chat.ts'
import type { Readiness } from './http/readiness.ts'
import type { Audit } from './identity/audit.ts'
import type { Workspaces } from './identity/workspaces.ts'
import type { Repeats } from './logs/repeats.ts'
import { LoopDelay } from './metrics/loop-delay.ts'
import type { Meter } from './metrics/meter.ts'
import { Traffic } from './metrics/traffic.ts'
import type { Nodes } from './nodes/nodes.ts'
import type { Store } from './stores/store.ts'
import { isoNow } from './time.ts'
import { version } from './version.ts'

interface MeasuredParts {
  readonly http: HttpServer
  readonly chat: Chat
  readonly audit: Audit
  readonly readiness: Readiness
  readonly logger: Repeats
  readonly store: Store
  readonly nodes: Nodes
  readonly workspaces: Workspaces
}

/** Waiting and overdue tickets are counted at most so often, however many scrape. */
const ticketsMs = 10_000

/** Lets a meter read what the parts of a server know; the answer ends this. */
export function startMeasuring(meter: Meter, parts: MeasuredParts): () => void {
  const { http, chat, audit, readiness, logger, store, nodes, workspaces } = parts
  const traffic = new Traffic(http)
  const loopDelay = new LoopDelay()
  meter.gauge('info', () => ({ [version]: 1 }))
  meter.gauge('ready', async () => ((await readiness.check()).ready ? 1 : 0))
  meter.gauge('connections', () => chat.countConnections())
  meter.gauge('requestsInFlight', () => chat.requestsInFlight)
  meter.gauge('requestsWaiting', () => chat.countWaitingRequests())
  meter.gauge('drafts', () => chat.draftCount)
  meter.gauge('queueLength', () => ({ ...chat.queueLengths, audit: audit.waiting }))
  meter.gauge('loopDelay', () => loopDelay.read())
  meter.gauge(
    'ticketsWaiting',
    cached(ticketsMs, () => countWaiting(store, workspaces)),
  )
  meter.gauge(
    'ticketsOverdue',
    cached(ticketsMs, () => countOverdue(store)),
  )
  measureNodes(meter, nodes)
  meter.total('receivedBytes', () => traffic.received)
  meter.total('sentBytes', () => traffic.sent)
  meter.total('logLines', () => logger.counts)
  return () => {
    traffic.stop()
    loopDelay.stop()
    meter.close()
  }
}

/** Where no other server can be, and without a bus, nothing is said of them. */
function measureNodes(meter: Meter, nodes: Nodes): void {
  const { traffic, hasBus } = nodes
  const overBus =
    <T>(read: () => T) =>
    (): T | undefined =>
      hasBus ? read() : undefined
  meter.gauge('servers', () => nodes.seen && nodes.seen.others + 1)
  meter.gauge('serversUnheard', () => nodes.seen && nodes.unheard)
  meter.gauge(
    'busConnected',
    overBus(() => (nodes.isBusConnected ? 1 : 0)),
  )
  meter.total(
    'busSent',
    overBus(() => traffic.sent),
  )
  meter.total(
    'busReceived',
    overBus(() => traffic.received),
  )
  meter.total(
    'busGaps',
    overBus(() => traffic.gaps),
  )
  meter.total(
    'busIgnored',
    overBus(() => traffic.ignored),
  )
}

async function countWaiting({ tickets }: Store, { ids }: Workspaces): Promise<number> {
  let waiting = 0
  // One after the other, so that a scrape never asks the store for more than one thing.
  for (const id of ids) waiting += await tickets.countWaiting(id)
  return waiting
}

const mostOverdue = 1_000

/** Of all workspaces, by what is overdue. */
async function countOverdue({ tickets }: Store): Promise<Record<TicketTarget['kind'], number>> {
  const counts = { first_answer: 0, solved: 0 }
  for (const { ticket } of await tickets.overdue(isoNow(), mostOverdue))
    if (ticket.target && !ticket.is_closed) counts[ticket.target.kind] += 1
  return counts
}

function cached<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly value: Promise<T> } | undefined
  return () => {
    const now = performance.now()
    if (!last || now - last.at > ms) last = { at: now, value: read() }
    return last.value
  }
}
