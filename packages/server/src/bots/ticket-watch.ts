import type { Ticket } from '@dowellchat/protocol'
import type { Wire } from './wire.ts'

interface TicketWatchParts {
  readonly wire: Wire
  /** How many tickets are followed at a time; others wait. */
  readonly most: number
  /** How many are. */
  readonly count: () => number
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
  #isLooking = false
  #looksAgain = false

  constructor(parts: TicketWatchParts) {
    this.#parts = parts
    const { wire, onClosed } = parts
    wire.on('new_ticket', ({ data }) => this.#take(data))
    wire.on('ticket_updated', ({ data }) => {
      if (data.is_closed) onClosed(data._id)
    })
  }

  /** The bot follows a ticket no more, so that there is place for another one. */
  left(ticketId: string): void {
    const wasFull = this.#parts.count() + 1 >= this.#parts.most
    this.#left.add(ticketId)
    const [oldest] = this.#left
    if (this.#left.size > mostLeft && oldest !== undefined) this.#left.delete(oldest)
    if (wasFull) void this.look()
  }

  /** Looks for open tickets that are not followed. */
  async look(): Promise<void> {
    this.#looksAgain = true
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      while (this.#looksAgain) {
        this.#looksAgain = false
        await this.#lookOnce()
      }
    } catch (error) {
      this.#parts.onError(error)
    } finally {
      this.#isLooking = false
    }
  }

  async #lookOnce(): Promise<void> {
    let before: string | undefined
    do {
      const place = before === undefined ? {} : { before }
      const asked = { is_closed: false, limit: pageLimit, ...place }
      const { tickets, more } = await this.#parts.wire.request('get_tickets', asked)
      for (const ticket of tickets) this.#take(ticket)
      before = more && this.#hasPlace ? tickets.at(-1)?._id : undefined
    } while (before !== undefined)
  }

  get #hasPlace(): boolean {
    return this.#parts.count() < this.#parts.most
  }

  #take(ticket: Ticket): void {
    const { isFollowed, follow } = this.#parts
    if (ticket.is_closed || !this.#hasPlace || isFollowed(ticket._id) || this.#left.has(ticket._id)) return
    follow(ticket)
  }
}
