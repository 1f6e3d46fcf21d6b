import { setTimeout as pause, setImmediate } from 'node:timers/promises'
import type { Ticket } from '@dowellchat/protocol'
import type { Audit } from '../identity/audit.ts'
import type { Logger, Trace } from '../logger.ts'
import { SharedQuestions } from '../queues/shared-questions.ts'
import type { Given, HandBack } from '../stores/store.ts'
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

/** Where a look has given nothing in its time, the next one waits until it is asked for. */
const goesOn = ({ tickets, more }: Given) => more && tickets.length > 0

/**
 * Gives tickets that wait to line managers who are free. However many wait, whoever makes room for them waits for the first
 * few alone; the others are given behind, a few at a time, so that other requests come in between. However many make room at
 * once in a workspace, they share one look at its lines, or the one that follows it.
 */
export class Lines {
  readonly #parts: LinesParts
  readonly #looks = new SharedQuestions<Given>()
  /** What is done behind: one thing of each name at a time. */
  readonly #going = new Map<string | symbol, Promise<void>>()
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
      if (goesOn(given)) this.#giveBehind(workspaceId, 0)
      return given.tickets
    } catch (error) {
      this.#giveBehind(workspaceId, retryMs)
      throw error
    }
  }

  /** Whether a new ticket of a topic waits first, whoever is free. */
  async waitsFirst(workspaceId: string, product: string): Promise<boolean> {
    return (
      this.#parts.strategy !== undefined || (await this.#parts.hours.closed(workspaceId)).includes(product)
    )
  }

  /**
   * Gives tickets of a line manager back to the line, at the places that their times give them; answers how many. What may have gone
   * back although this fails is looked for behind: nobody may ask again for somebody who has nothing any more.
   */
  async handBack(
    workspaceId: string,
    lineManager: string,
    onlyUnanswered: boolean,
    notify?: Notify,
  ): Promise<number> {
    let count = 0
    const how = { onlyUnanswered, limit: handedBackAtOnce }
    const hand = (announce: Notify) => this.#handSome(workspaceId, lineManager, how, announce)
    try {
      for (;;) {
        const handed = await (notify ? hand(notify) : this.#alone(workspaceId, hand))
        count += handed.length
        // Fewer than asked for may be left because somebody has closed or taken others meanwhile.
        if (handed.length === 0) return count
      }
    } catch (error) {
      this.#goOn(`${workspaceId}\n${lineManager}`, () => this.#findHanded(workspaceId, lineManager))
      throw error
    }
  }

  /** Resolves once nothing is being done behind any more. What is left then is given at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#going.values())
  }

  /** Does something, and announces it without a request. */
  async #alone<T>(
    workspaceId: string,
    run: (notify: Notify) => Promise<T>,
    announcements = this.#parts.rows.announcements(workspaceId),
  ): Promise<T> {
    const done = await run(announcements.notify)
    announcements.send()
    await announcements.share()
    return done
  }

  #look(workspaceId: string, notify?: Notify): Promise<Given> {
    const give = (announce: Notify) => this.#give(workspaceId, announce)
    return this.#looks.ask(workspaceId, () => (notify ? give(notify) : this.#alone(workspaceId, give)))
  }

  async #give(workspaceId: string, notify: Notify): Promise<Given> {
    const { store, hours, strategy } = this.#parts
    const closed = await hours.closed(workspaceId)
    const tellLate = this.#late(workspaceId, (late, announce) => this.#tellGiven(workspaceId, late, announce))
    const given = await (strategy
      ? strategy.assign(workspaceId, closed, tellLate)
      : toldLater(store.tickets.assignWaiting(workspaceId, { closed }), (late) => tellLate(late.tickets)))
    await this.#tellGiven(workspaceId, given.tickets, notify)
    return given
  }

  /** Announces what the store does after it has refused it; what was sent since this was called is newer. */
  #late(
    workspaceId: string,
    tell: (late: readonly Ticket[], notify: Notify) => Promise<void>,
  ): (late: readonly Ticket[]) => void {
    const announcements = this.#parts.rows.announcements(workspaceId)
    const failed = (error: unknown) =>
      this.#parts.logger.error(
        { workspace: workspaceId, error },
        'Late ticket assignments could not be announced',
      )
    return (late) =>
      this.#goOn(Symbol('late'), () =>
        this.#alone(workspaceId, (notify) => tell(late, notify), announcements).catch(failed),
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
    how: HandBack,
    notify: Notify,
  ): Promise<Ticket[]> {
    const handed = await toldLater(
      this.#parts.store.tickets.handBack(workspaceId, lineManager, how),
      this.#late(workspaceId, (late, announce) => this.#tellHanded(workspaceId, lineManager, late, announce)),
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

  /** Does something behind. */
  #goOn(name: string | symbol, run: () => Promise<void>): void {
    if (this.#going.has(name)) return
    const going = run().finally(() => this.#going.delete(name))
    this.#going.set(name, going)
  }

  #giveBehind(workspaceId: string, afterMs: number): void {
    this.#goOn(workspaceId, async () => {
      if (afterMs > 0) await pause(afterMs)
      // Whoever has made room goes on first.
      await setImmediate()
      const look = async () => !goesOn(await this.#look(workspaceId))
      await this.#untilDone(look, (error) =>
        this.#parts.logger.error({ workspace: workspaceId, error }, 'Waiting tickets cannot be assigned'),
      )
    })
  }

  /** Tells of what was handed back although the answer was lost, and gives it to others. */
  async #findHanded(workspaceId: string, lineManager: string): Promise<void> {
    const find = async () => {
      const handed = await this.#alone(workspaceId, (announce) =>
        this.#handSome(workspaceId, lineManager, { limit: 0 }, announce),
      )
      if (handed.length > 0) this.#giveBehind(workspaceId, 0)
      return true
    }
    await pause(retryMs)
    await this.#untilDone(find, (error) =>
      this.#parts.logger.error(
        { workspace: workspaceId, error },
        'Tickets of those who are away cannot be handed back',
      ),
    )
  }

  async #untilDone(run: () => Promise<boolean>, onFailing: (error: unknown) => void): Promise<void> {
    let isFailing = false
    for (let isDone = false; !isDone && !this.#isStopped; ) {
      try {
        isDone = await run()
        isFailing = false
      } catch (error) {
        // Said once, however long it takes.
        if (!isFailing) onFailing(error)
        isFailing = true
        await pause(retryMs)
      }
    }
  }
}
