import { setTimeout as pause, setImmediate } from 'node:timers/promises'
import type { Ticket } from '@dowellchat/protocol'
import type { Audit } from '../identity/audit.ts'
import type { Logger, Trace } from '../logger.ts'
import { SharedQuestions } from '../queues/shared-questions.ts'
import { toldLater } from '../stores/told-later.ts'
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
 * few alone; the others are given behind, a few at a time, so that other requests come in between. However many make room at
 * once in a workspace, they share one look at its lines, or the one that follows it.
 */
export class Lines {
  readonly #parts: LinesParts
  readonly #looks = new SharedQuestions<Ticket[]>()
  /** The workspaces in which tickets are being given behind. */
  readonly #going = new Map<string, Promise<void>>()
  #isStopped = false

  constructor(parts: LinesParts) {
    this.#parts = parts
  }

  /**
   * Gives waiting tickets, in the order of their lines; answers the first of them, which are announced once: by the `notify` of
   * whoever has asked first. What cannot be given now is given behind.
   */
  async assign(workspaceId: string, notify?: Notify): Promise<Ticket[]> {
    try {
      const given = await this.#look(workspaceId, notify)
      // Few may be those that could be given in time, or before something failed.
      if (given.length > 0) this.#goOn(workspaceId, 0)
      return given
    } catch (error) {
      this.#goOn(workspaceId, retryMs)
      throw error
    }
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

  #look(workspaceId: string, notify?: Notify): Promise<Ticket[]> {
    const give = (announce: Notify) => this.#give(workspaceId, announce)
    return this.#looks.ask(workspaceId, () => (notify ? give(notify) : this.#alone(workspaceId, give)))
  }

  async #give(workspaceId: string, notify: Notify): Promise<Ticket[]> {
    const { store, hours, strategy } = this.#parts
    const closed = await hours.closed(workspaceId)
    const tellLate = (late: readonly Ticket[]) =>
      this.#late(workspaceId, (announce) => this.#tellGiven(workspaceId, late, announce))
    const given = await (strategy
      ? strategy.assign(workspaceId, closed, tellLate)
      : toldLater(store.tickets.assignWaiting(workspaceId, { closed }), tellLate))
    await this.#tellGiven(workspaceId, given, notify)
    return given
  }

  /** Announces what the store has done after it had refused it. */
  async #late(workspaceId: string, tell: (notify: Notify) => Promise<void>): Promise<void> {
    await this.#alone(workspaceId, tell).catch((error: unknown) =>
      this.#parts.logger.error(
        { workspace: workspaceId, error },
        'What the line has done late cannot be announced',
      ),
    )
  }

  async #tellGiven(workspaceId: string, given: readonly Ticket[], notify: Notify): Promise<void> {
    const { times, audit, trace } = this.#parts
    for (const ticket of given) {
      const { _id, line_manager } = ticket
      trace?.({ step: 'assigned', ticket: _id, line_manager, workspace: workspaceId }, 'ticket')
      audit.assigned(workspaceId, ticket)
      notify(ticketAudience(workspaceId, ticket), 'ticket_updated', { data: ticket })
      if (times.told(workspaceId, ticket)) notify(...waitingTimeOf(workspaceId, ticket))
    }
    this.#moved(workspaceId, given)
    await this.#tellAll(given, (ticket) => this.#tellAssigned(workspaceId, ticket))
  }

  async #handSome(
    workspaceId: string,
    lineManager: string,
    onlyUnanswered: boolean,
    notify: Notify,
  ): Promise<Ticket[]> {
    const how = { onlyUnanswered, limit: handedBackAtOnce }
    const handed = await toldLater(
      this.#parts.store.tickets.handBack(workspaceId, lineManager, how),
      (late) =>
        this.#late(workspaceId, (announce) => this.#tellHanded(workspaceId, lineManager, late, announce)),
    )
    await this.#tellHanded(workspaceId, lineManager, handed, notify)
    return handed
  }

  async #tellHanded(
    workspaceId: string,
    lineManager: string,
    handed: readonly Ticket[],
    notify: Notify,
  ): Promise<void> {
    const { times, trace } = this.#parts
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

  #goOn(workspaceId: string, afterMs: number): void {
    if (this.#going.has(workspaceId)) return
    const going = this.#giveOthers(workspaceId, afterMs).finally(() => this.#going.delete(workspaceId))
    this.#going.set(workspaceId, going)
  }

  async #giveOthers(workspaceId: string, afterMs: number): Promise<void> {
    let isFailing = false
    if (afterMs > 0) await pause(afterMs)
    // Whoever has made room goes on first.
    await setImmediate()
    for (let isDone = false; !isDone && !this.#isStopped; ) {
      try {
        isDone = (await this.#look(workspaceId)).length === 0
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
