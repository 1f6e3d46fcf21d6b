import type { Ticket } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import { newestFirst } from '../live/orders.ts'
import type { Wire } from '../requests/wire.ts'
import type { TicketFeed } from './ticket-feed.ts'
import type { TicketFilter } from './ticket-filter.ts'

/** One ticket. */
export function createTicket(
  wire: Wire,
  feed: TicketFeed,
  ticket_id: string,
  touch: () => void,
): CachedThing<Ticket> {
  return createLiveThing<Ticket>(
    {
      load: () => wire.request.get_ticket({ ticket_id }),
      merge: (_, pushed) => pushed,
      watch: (push) => feed.follow((ticket) => ticket._id === ticket_id && push(ticket)),
    },
    wire,
    touch,
  )
}

/** The tickets that a filter lets through; they enter and leave as they are opened and closed. */
export function createTicketList(
  wire: Wire,
  feed: TicketFeed,
  filter: TicketFilter,
  touch: () => void,
): LiveList<Ticket> {
  const { product, is_closed } = filter
  const matches = (ticket: Ticket): boolean =>
    (product === undefined || ticket.product === product) &&
    (is_closed === undefined || ticket.is_closed === is_closed)
  return createLoadedList<Ticket>(
    {
      ...newestFirst,
      async page(last, limit) {
        const before = last && { before: last._id }
        const { tickets, more } = await wire.request.get_tickets({ limit, ...filter, ...before })
        return { items: tickets, hasMore: more }
      },
      watch: ({ put, remove }) =>
        feed.follow((ticket) => (matches(ticket) ? put(ticket) : remove(ticket._id))),
    },
    wire,
    touch,
  )
}
