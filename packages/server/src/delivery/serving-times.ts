import { estimateWait, lineOrder, type Ticket, topicLine } from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import type { Meter } from '../metrics/meter.ts'
import { grouped } from '../stores/grouped.ts'
import type { Store } from '../stores/store.ts'
import type { ChangedRows } from './changed-rows.ts'
import type { Facts } from './facts.ts'
import { countBefore, type LineKey, type LineStores, readLine } from './line-reading.ts'
import { minutesOfWork } from './work-time.ts'

interface ServingTimesParts {
  readonly store: LineStores & {
    readonly tickets: Pick<
      Store['tickets'],
      'ordersIn' | 'listOpen' | 'firstInLine' | 'update' | 'takePredictions'
    >
    readonly lineManagers: Pick<Store['lineManagers'], 'serving' | 'observed' | 'finish' | 'observe'>
  }
  readonly rows: Pick<ChangedRows, 'onAnnounced'>
  readonly meter: Meter | undefined
  readonly logger: Logger
}

/** A ticket of a workspace. */
interface Placed {
  readonly workspace_id: string
  readonly ticket: Ticket
}

const restMs = 1_000
/** What waits beyond that is left out: it is for figures alone. */
const mostWaiting = 1_000
/** Tickets of a line whose estimates are noted at a time. */
const mostPredicted = 50
/** How many of a line manager's other tickets are looked at. */
const mostLookedAt = 100

/**
 * Learns from what happens to tickets, behind it: how long line managers take for one, and how long those took that were said to
 * wait for so long.
 */
export class ServingTimes {
  /** Is told of each topic's line whose line managers are known better now. */
  onObserved: (key: LineKey) => void = () => undefined
  readonly #parts: ServingTimesParts
  #closed: Placed[] = []
  #waiting: Placed[] = []
  #given: Placed[] = []
  #timer: NodeJS.Timeout | undefined
  #writing = Promise.resolve()
  #isStopped = false
  #isFailing = false

  constructor(parts: ServingTimesParts) {
    this.#parts = parts
    parts.rows.onAnnounced((workspaceId, fact, data) => this.#announced(workspaceId, fact, data))
  }

  /** Notes that a ticket has just been closed. */
  closed(workspace_id: string, ticket: Ticket): void {
    if (ticket.line_manager !== null) this.#add(this.#closed, { workspace_id, ticket })
  }

  /** Resolves once what was noted until now is written. */
  write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#writeAll())
    return this.#writing
  }

  /** Writes what there is. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.write()
  }

  #announced<K extends keyof Facts>(workspace_id: string, fact: K, data: Facts[K]): void {
    if (fact === 'new_ticket') {
      const ticket = (data as Facts['new_ticket']).data
      if (ticket.state === 'waiting') this.#add(this.#waiting, { workspace_id, ticket })
    }
    if (fact === 'ticket_updated' && this.#parts.meter) {
      const ticket = (data as Facts['ticket_updated']).data
      if (ticket.state === 'assigned') this.#add(this.#given, { workspace_id, ticket })
    }
  }

  #add(waiting: Placed[], one: Placed): void {
    if (waiting.length >= mostWaiting || this.#isStopped) return
    waiting.push(one)
    this.#timer ??= setTimeout(() => void this.write(), restMs).unref()
  }

  async #writeAll(): Promise<void> {
    const [closed, waiting, given] = [this.#closed, this.#waiting, this.#given]
    this.#closed = []
    this.#waiting = []
    this.#given = []
    try {
      for (const one of closed) await this.#observe(one)
      const lineOf = ({ workspace_id, ticket }: Placed) => `${workspace_id}\n${ticket.product}`
      for (const some of grouped(waiting, lineOf).values()) await this.#predict(some)
      for (const some of grouped(given, ({ workspace_id }) => workspace_id).values())
        await this.#measure(some)
      this.#isFailing = false
    } catch (error) {
      // What it was about is lost: others follow. Said once, however long it takes.
      if (!this.#isFailing) this.#parts.logger.error({ error }, 'Serving times cannot be written')
      this.#isFailing = true
    }
  }

  /** Counts how long a line manager took for a ticket, if they had no idle time meanwhile. */
  async #observe({ workspace_id, ticket }: Placed): Promise<void> {
    const { lineManagers, tickets } = this.#parts.store
    const { line_manager, closed_at, product } = ticket
    if (line_manager === null || closed_at === null) return
    const finished_at = await lineManagers.finish(workspace_id, line_manager, closed_at)
    if (ticket.answered_at === null) return
    const serving = await lineManagers.observed(workspace_id, line_manager)
    if (!serving) return
    const open = await tickets.listOpen(workspace_id, line_manager, { limit: mostLookedAt })
    const isWaited = () => tickets.firstInLine(workspace_id, [product]).then((first) => first !== null)
    const minutes = await minutesOfWork({ ticket, finished_at, serving, open, isWaited })
    if (minutes === null) return
    await lineManagers.observe(workspace_id, line_manager, product, minutes)
    this.onObserved({ workspace_id, line: topicLine(product) })
  }

  /** Notes how long tickets of a topic are said to wait that have just come into its line. */
  async #predict(opened: readonly Placed[]): Promise<void> {
    const [
      {
        workspace_id,
        ticket: { product },
      },
    ] = opened as [Placed]
    const { store } = this.#parts
    const { orders, speed, reason } = await readLine(store, { workspace_id, line: topicLine(product) })
    if (reason !== null) return
    const there = new Set(orders)
    const waiting = opened.filter(({ ticket }) => there.has(lineOrder(ticket))).slice(0, mostPredicted)
    for (const { ticket } of waiting) {
      const predicted = estimateWait(countBefore(orders, lineOrder(ticket)), speed)
      if (predicted && predicted.high > 0) await store.tickets.update(workspace_id, ticket._id, { predicted })
    }
  }

  /** Compares how long tickets have waited with how long they were said to. */
  async #measure(given: readonly Placed[]): Promise<void> {
    const { store, meter } = this.#parts
    const workspaceId = given[0]?.workspace_id ?? ''
    const tickets = new Map(given.map(({ ticket }) => [ticket._id, ticket]))
    for (const { ticket_id, predicted } of await store.tickets.takePredictions(workspaceId, [
      ...tickets.keys(),
    ])) {
      const { enqueued_at, assigned_at } = tickets.get(ticket_id) as Ticket
      if (assigned_at === null) continue
      meter?.waited(Math.max(0, Date.parse(assigned_at) - Date.parse(enqueued_at)) / 60_000, predicted)
    }
  }
}
