import type { LineManager, Ticket } from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import { within } from '../queues/within.ts'
import { hasRoom } from '../stores/load.ts'
import {
  type Given,
  type LineManagerStore,
  type Moved,
  mostAssigned,
  type TicketStore,
  type TopicStore,
} from '../stores/store.ts'
import { toldLater } from '../stores/told-later.ts'

/**
 * A workspace's own choice of who gets a ticket that waits, by their `user_id`; null leaves it in the line.
 * @param candidates those who are online, serve its topic and have room, lowest position first; never none
 */
export type AssignTicket = (
  ticket: Ticket,
  candidates: readonly LineManager[],
) => string | null | Promise<string | null>

interface OwnStrategyParts {
  readonly choose: AssignTicket
  readonly tickets: Pick<TicketStore, 'firstInLine' | 'get' | 'move'>
  readonly lineManagers: Pick<LineManagerStore, 'get' | 'serving'>
  readonly topics: Pick<TopicStore, 'list'>
  readonly logger: Logger
}

/** For so long a choice may take. */
const chooseMs = 1_000
/** By then the first ones are answered, and the others are left to the next look. */
const lookMs = 200
/** How often others may be faster before the rest is left to the next look. */
const mostRefusals = 20

/** Gives the tickets of a workspace to whomever the team's own function chooses; the store decides who was first. */
export class OwnStrategy {
  readonly #parts: OwnStrategyParts
  /** Tickets by their ids, each with whom it is given to by a write that the store has not answered. */
  readonly #doubts = new Map<string, { readonly workspaceId: string; readonly line_manager: string }>()
  #isFailing = false

  constructor(parts: OwnStrategyParts) {
    this.#parts = parts
  }

  /**
   * Gives tickets that wait, in the order of their lines, and answers those that were given: at least one, where any can be, and no
   * more than are given in a moment. @param tellLate is given what was given after its store had refused it for being late
   */
  async assign(
    workspaceId: string,
    closed: readonly string[],
    tellLate: (given: readonly Ticket[]) => unknown,
  ): Promise<Given> {
    const { tickets, topics } = this.#parts
    const names = (await topics.list(workspaceId)).map(({ name }) => name)
    const open = new Set(names.filter((name) => !closed.includes(name)))
    const given: Ticket[] = []
    const until = performance.now() + lookMs
    const isEnough = () => given.length >= mostAssigned || (given.length > 0 && performance.now() > until)
    try {
      await this.#settle(workspaceId, given)
      for (let refusals = 0; open.size > 0 && !isEnough() && refusals < mostRefusals; ) {
        const ticket = await tickets.firstInLine(workspaceId, [...open])
        if (!ticket) {
          // Nobody waits for any of them.
          open.clear()
          break
        }
        const moved = await this.#give(workspaceId, ticket, tellLate)
        // Those behind it do not overtake it.
        if (moved === null) open.delete(ticket.product)
        else if (moved === 'refused') {
          refusals += 1
          // An earlier try may have given it meanwhile.
          await this.#settle(workspaceId, given)
        } else given.push(moved.ticket)
      }
    } catch (error) {
      // What was given must be told.
      if (given.length === 0) throw error
      this.#parts.logger.error(
        { workspace: workspaceId, error },
        'strategy has given some tickets and not others',
      )
    }
    return { tickets: given, more: open.size > 0 }
  }

  async #give(
    workspaceId: string,
    ticket: Ticket,
    tellLate: (given: readonly Ticket[]) => unknown,
  ): Promise<Moved | 'refused' | null> {
    const { lineManagers, tickets, logger } = this.#parts
    const serving = await lineManagers.serving(workspaceId, ticket.product)
    const candidates = serving.map(({ manager }) => manager).filter(hasRoom)
    if (candidates.length === 0) return null
    const line_manager = await this.#choose(ticket, candidates)
    if (line_manager === null) return null
    const move = { kind: 'take', line_manager, within_capacity: true } as const
    const before = this.#doubts.get(ticket._id)
    const doubts = this.#doubts.set(ticket._id, { workspaceId, line_manager })
    const moving = tickets.move(workspaceId, ticket._id, move, line_manager)
    const moved = await toldLater(moving, (late) => {
      if (doubts.delete(ticket._id) && late && 'ticket' in late) tellLate([late.ticket])
    })
    doubts.delete(ticket._id)
    if (!moved || 'refused' in moved) {
      if (before) doubts.set(ticket._id, before)
      return 'refused'
    }
    try {
      if (await lineManagers.get(workspaceId, line_manager)) return moved
      // Whoever was removed as they were chosen does not keep it.
      await tickets.move(workspaceId, ticket._id, { kind: 'hand_back', line_manager }, line_manager)
      return 'refused'
    } catch (error) {
      // It is given, and must be told.
      logger.error(
        { ticket: ticket._id, error },
        'Cannot tell whether the chosen line manager was removed meanwhile: they keep the ticket',
      )
      return moved
    }
  }

  /** Adds to what is given what was given although the answer was lost. */
  async #settle(workspaceId: string, given: Ticket[]): Promise<void> {
    for (const [id, doubt] of this.#doubts) {
      if (doubt.workspaceId !== workspaceId) continue
      const ticket = await this.#parts.tickets.get(workspaceId, id)
      // While it waits, the write may be on its way.
      if (ticket?.state === 'waiting' || !this.#doubts.delete(id)) continue
      // Whoever has moved it since has told of it.
      if (ticket?.state === 'assigned' && ticket.line_manager === doubt.line_manager) given.push(ticket)
    }
  }

  /** Null also where the function fails, is late or names nobody of them: the ticket stays in the line, and the next look asks again. */
  async #choose(ticket: Ticket, candidates: readonly LineManager[]): Promise<string | null> {
    const { choose, logger } = this.#parts
    try {
      const done = await within(chooseMs, Promise.resolve(choose(ticket, candidates)))
      if (!done) throw new Error(`No answer within ${chooseMs} ms`)
      const { answer } = done
      if (answer !== null && !candidates.some(({ user_id }) => user_id === answer))
        throw new Error(`${answer} is not among the candidates`)
      this.#isFailing = false
      return answer
    } catch (error) {
      // Said once, however often it fails.
      if (!this.#isFailing)
        logger.error(
          { ticket: ticket._id, error },
          'strategy has chosen nobody: the ticket stays in the line',
        )
      this.#isFailing = true
      return null
    }
  }
}
