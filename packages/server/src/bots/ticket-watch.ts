import type { Ticket } from '@dowellchat/protocol'
import { isGone } from './bot-error.ts'
import { insist, type Wire } from './wire.ts'

interface TicketWatchParts {
  readonly wire: Wire
  /** Whether the bot asks for tickets at all. */
  readonly isWanted: () => boolean
  /** How many tickets are followed at a time; others wait. */
  readonly most: number
  /** How many are. */
  readonly followed: () => readonly string[]
  readonly isFollowed: (ticketId: string) => boolean
  readonly follow: (ticket: Ticket) => void
  readonly onClosed: (ticketId: string) => void
  readonly onError: (error: unknown) => void
}

const pageLimit = 100
/** Tickets that the bot has left are remembered until it starts again. */
const mostLeft = 100_000

/** Finds open tickets: those that there are, and those that come. */
export class TicketWatch {
  readonly #parts: TicketWatchParts
  readonly #left = new Set<string>()
  /** How many it can have on this connection. */
  #most: number
  #hasToldFull = false
  #isLooking = false
  #looksAgain = false
  #connections = 0
  /** The connection since which what is followed is known to be open. */
  #checked = 0

  constructor(parts: TicketWatchParts) {
    this.#parts = parts
    this.#most = parts.most
    const { wire, onClosed } = parts
    wire.on('new_ticket', ({ data }) => this.#take(data))
    wire.on('ticket_updated', ({ data }) => {
      if (data.is_closed) onClosed(data._id)
      // It may have been opened again.
      else this.#take(data)
    })
  }

  /** The bot has left a ticket. */
  left(ticketId: string): void {
    this.#left.add(ticketId)
    const [oldest] = this.#left
    if (this.#left.size > mostLeft && oldest !== undefined) this.#left.delete(oldest)
  }

  /** A ticket is followed no more, so that there is place for another one. */
  freed(): void {
    if (this.#parts.followed().length + 1 >= this.#most) void this.look()
  }

  /** The server lets the bot join no more than it has: these are the most on this connection. */
  full(error: unknown): void {
    this.#most = this.#parts.followed().length
    if (!this.#hasToldFull) this.#parts.onError(error)
    this.#hasToldFull = true
  }

  /** The bot starts, maybe again: nothing holds that it did before. */
  reset(): void {
    this.#left.clear()
    this.#hasToldFull = false
  }

  /** There is a new connection, which may join more; and what is followed may have been closed before. */
  up(): void {
    this.#connections += 1
    this.#most = this.#parts.most
    void this.look()
  }

  /** Looks for open tickets that are not followed. */
  async look(): Promise<void> {
    if (!this.#parts.isWanted()) return
    this.#looksAgain = true
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      while (this.#looksAgain) {
        this.#looksAgain = false
        await insist(() => this.#lookOnce(), this.#parts.onError)
      }
    } catch (error) {
      this.#parts.onError(error)
    } finally {
      this.#isLooking = false
    }
  }

  async #lookOnce(): Promise<void> {
    const connection = this.#connections
    const unseen = new Set(connection === this.#checked ? [] : this.#parts.followed())
    let before: string | undefined
    do {
      const place = before === undefined ? {} : { before }
      const asked = { is_closed: false, limit: pageLimit, ...place }
      const { tickets, more } = await this.#parts.wire.request('get_tickets', asked)
      for (const ticket of tickets) {
        unseen.delete(ticket._id)
        this.#take(ticket)
      }
      // However many are open: those of its own that it has not seen are asked for below, one by one.
      before = more && this.#hasPlace ? tickets.at(-1)?._id : undefined
    } while (before !== undefined)
    for (const id of unseen) {
      if (!(await this.#isClosed(id))) continue
      this.#parts.onClosed(id)
      // There is place for another one, and this one may have been opened again.
      this.#looksAgain = true
    }
    this.#checked = connection
  }

  async #isClosed(ticket_id: string): Promise<boolean> {
    try {
      return (await this.#parts.wire.request('get_ticket', { ticket_id })).is_closed
    } catch (error) {
      if (isGone(error)) return true
      throw error
    }
  }

  get #hasPlace(): boolean {
    return this.#parts.followed().length < this.#most
  }

  #take(ticket: Ticket): void {
    const { isWanted, isFollowed, follow } = this.#parts
    if (!isWanted() || ticket.is_closed || !this.#hasPlace) return
    if (!isFollowed(ticket._id) && !this.#left.has(ticket._id)) follow(ticket)
  }
}
