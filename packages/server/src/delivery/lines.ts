import { setTimeout as pause, setImmediate } from 'node:timers/promises'
import type { Ticket } from '@dowellchat/protocol'
import type { Audit } from '../identity/audit.ts'
import type { Logger, Trace } from '../logger.ts'
import { mostAssigned } from '../stores/store.ts'
import { ticketAudience } from './audience.ts'
import type { ChangedRows } from './changed-rows.ts'
import type { Notify } from './facts.ts'
import type { OpeningHours } from './opening-hours.ts'
import type { OwnStrategy } from './own-strategy.ts'
import { type TimelineParts, tellAssigned, tellHandedBack } from './ticket-facts.ts'
import { type WaitingTimes, waitingTimeOf } from './waiting-times.ts'

interface LinesParts extends TimelineParts {
  readonly hours: Pick<OpeningHours, 'closed'>
  /** The team's own; undefined where the topics' strategies decide. */
  readonly strategy: Pick<OwnStrategy, 'assign'> | undefined
  readonly times: Pick<WaitingTimes, 'moved' | 'told'>
  readonly audit: Pick<Audit, 'assigned'>
  readonly rows: Pick<ChangedRows, 'announcements'>
  readonly logger: Logger
  readonly trace: Trace | undefined
}

const retryMs = 500
/** So many tickets are handed back together. */
const handedBackAtOnce = 100

/**
 * Gives tickets that wait to line managers who are free. However many wait, whoever makes room for them waits for the first
 * few alone; the others are given behind, a few at a time, so that other requests come in between.
 */
export class Lines {
  readonly #parts: LinesParts
  /** The workspaces in which tickets are being given behind. */
  readonly #going = new Map<string, Promise<void>>()
  #isStopped = false

  constructor(parts: LinesParts) {
    this.#parts = parts
  }

  /** Gives waiting tickets, in the order of their lines; answers the first of them, which `notify` announces. */
  async assign(workspaceId: string, notify?: Notify): Promise<Ticket[]> {
    const given = await (notify
      ? this.#give(workspaceId, notify)
      : this.#alone(workspaceId, (announce) => this.#give(workspaceId, announce)))
    if (given.length >= mostAssigned) this.#goOn(workspaceId)
    return given
  }

  /** Whether a new ticket of a topic waits first, whoever is free. */
  async waitsFirst(workspaceId: string, product: string): Promise<boolean> {
    return (
      this.#parts.strategy !== undefined || (await this.#parts.hours.closed(workspaceId)).includes(product)
    )
  }

  /** Gives tickets of a line manager back to the line, at the places that their times give them; answers how many. */
  async handBack(
    workspaceId: string,
    lineManager: string,
    onlyUnanswered: boolean,
    notify?: Notify,
  ): Promise<number> {
    let count = 0
    for (;;) {
      const hand = (announce: Notify) => this.#handSome(workspaceId, lineManager, onlyUnanswered, announce)
      const handed = await (notify ? hand(notify) : this.#alone(workspaceId, hand))
      count += handed.length
      // Fewer than asked for may be left because somebody has closed or taken others meanwhile.
      if (handed.length === 0) return count
    }
  }

  /** Resolves once nothing is being given any more. What is left then is given at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#going.values())
  }

  /** Does something, and announces it without a request. */
  async #alone<T>(workspaceId: string, run: (notify: Notify) => Promise<T>): Promise<T> {
    const announcements = this.#parts.rows.announcements(workspaceId)
    const done = await run(announcements.notify)
    announcements.send()
    await announcements.share()
    return done
  }

  async #give(workspaceId: string, notify: Notify): Promise<Ticket[]> {
    const { store, hours, strategy, times, audit, trace } = this.#parts
    const closed = await hours.closed(workspaceId)
    const given = await (strategy
      ? strategy.assign(workspaceId, closed)
      : store.tickets.assignWaiting(workspaceId, { closed }))
    for (const ticket of given) {
      const { _id, line_manager } = ticket
      trace?.({ step: 'assigned', ticket: _id, line_manager, workspace: workspaceId }, 'ticket')
      audit.assigned(workspaceId, ticket)
      notify(ticketAudience(workspaceId, ticket), 'ticket_updated', { data: ticket })
      if (times.told(workspaceId, ticket)) notify(...waitingTimeOf(workspaceId, ticket))
    }
    this.#moved(workspaceId, given)
    await this.#tellAll(given, (ticket) => this.#tellAssigned(workspaceId, ticket))
    return given
  }

  async #handSome(
    workspaceId: string,
    lineManager: string,
    onlyUnanswered: boolean,
    notify: Notify,
  ): Promise<Ticket[]> {
    const { store, times, trace } = this.#parts
    const handed = await store.tickets.handBack(workspaceId, lineManager, {
      onlyUnanswered,
      limit: handedBackAtOnce,
    })
    for (const ticket of handed) {
      trace?.(
        { step: 'handed back', ticket: ticket._id, from: lineManager, workspace: workspaceId },
        'ticket',
      )
      notify(ticketAudience(workspaceId, ticket), 'ticket_updated', { data: ticket })
      times.told(workspaceId, ticket)
    }
    const [first] = handed
    if (first) times.moved(workspaceId, lineManager, first._id)
    await this.#tellAll(handed, (ticket) => tellHandedBack(this.#parts, workspaceId, ticket, lineManager))
    return handed
  }

  /** What a conversation does not take is missing there: the tickets are moved, and those concerned must be sent them. */
  async #tellAll(tickets: readonly Ticket[], tell: (ticket: Ticket) => Promise<void>): Promise<void> {
    const tellOne = (ticket: Ticket) =>
      tell(ticket).catch((error: unknown) => {
        const fields = { error, ticket: ticket._id }
        this.#parts.logger.error(fields, 'The conversation of a ticket lacks how the line has moved it')
      })
    await Promise.all(tickets.map(tellOne))
  }

  /** That somebody gets a new ticket is no entry of its own: it would cost every ticket one. */
  async #tellAssigned(workspaceId: string, ticket: Ticket): Promise<void> {
    const { _id, line_manager } = ticket
    if (line_manager === null) return
    // It stays as it is, whoever has it by now, and says how often it was moved.
    const move = { kind: 'assign', line_manager, expected: line_manager } as const
    const asked = await this.#parts.store.tickets.move(workspaceId, _id, move, line_manager)
    if (asked && !('refused' in asked) && asked.moves > 1)
      await tellAssigned(this.#parts, workspaceId, ticket)
  }

  /** Those who wait behind the oldest of each line manager wait for more. */
  #moved(workspaceId: string, given: readonly Ticket[]): void {
    const seen = new Set<string | null>()
    for (const { _id, line_manager } of given) {
      if (line_manager !== null && !seen.has(line_manager))
        this.#parts.times.moved(workspaceId, line_manager, _id)
      seen.add(line_manager)
    }
  }

  #goOn(workspaceId: string): void {
    if (this.#going.has(workspaceId)) return
    const going = this.#giveOthers(workspaceId).finally(() => this.#going.delete(workspaceId))
    this.#going.set(workspaceId, going)
  }

  async #giveOthers(workspaceId: string): Promise<void> {
    let isFailing = false
    // Whoever has made room goes on first.
    await setImmediate()
    for (let isDone = false; !isDone && !this.#isStopped; ) {
      try {
        const given = await this.#alone(workspaceId, (notify) => this.#give(workspaceId, notify))
        isDone = given.length < mostAssigned
        isFailing = false
      } catch (error) {
        // Said once, however long it takes.
        if (!isFailing)
          this.#parts.logger.error({ workspace: workspaceId, error }, 'Waiting tickets cannot be assigned')
        isFailing = true
        await pause(retryMs)
      }
    }
  }
}
