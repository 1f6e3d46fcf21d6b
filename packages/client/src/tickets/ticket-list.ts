import type { PayloadOf, Ticket as ProtocolTicket } from '@dowellchat/protocol'
import { limits } from '@dowellchat/protocol/core'
import { lineOrder } from '@dowellchat/protocol/lines'
import type { Ticket } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import { newestFirst } from '../live/orders.ts'
import type { Loaded, Order } from '../live/pages.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { watchDetails, withDetails } from './ticket-details.ts'
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

/** The tickets that a filter lets through; they enter and leave as they are opened, moved and closed. */
export function createTicketList(
  wire: Wire,
  feed: TicketFeed,
  filter: TicketFilter,
  touch: () => void,
): LiveList<Ticket> {
  const { details = false, order = 'newest' } = filter
  const list = createLoadedList<Ticket>(
    {
      ...orders[order],
      ...(details && { mostAtOnce: limits.list_rows, merge: (put, answered) => withDetails(put, answered) }),
      page: asked,
      watch({ put, remove }) {
        if (!details)
          return feed.follow((ticket) => (matches(filter, ticket) ? put(ticket) : remove(ticket._id)))
        const isCurrent = (): boolean => list.getSnapshot().sync === 'live'
        const ask = (ticketId?: string) =>
          asked(items()[items().findIndex(({ _id }) => _id === ticketId) - 1], limits.list_rows)
        const shown = watchDetails(wire, { items, shownOf, isCurrent, put, ask })
        const hear = (ticket: Ticket): void => {
          if (!matches(filter, ticket)) {
            remove(ticket._id)
            return
          }
          put(withDetails(ticket, shownOf(ticket._id)))
          shown.heard(ticket._id)
        }
        return together(feed.follow(hear), shown.stop)
      },
    },
    wire,
    touch,
  )

  async function asked(last: Ticket | undefined, limit: number): Promise<Loaded<Ticket>> {
    const before = last && { before: last._id }
    // The filter's states may be those of a later server, which then knows them.
    const wanted = { limit, ...filter, ...before } as PayloadOf<'get_tickets'>
    const { tickets, more } = await wire.request.get_tickets(wanted)
    // Where the server has found none among as many as it looks through, there is no place to go on from.
    return { items: tickets, hasMore: more && tickets.length > 0 }
  }

  const items = (): readonly Ticket[] => list.getSnapshot().items
  const shownOf = (ticketId: string): Ticket | undefined => items().find(({ _id }) => _id === ticketId)

  return list
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** Its place in the line, as text. */
const placeOf = (ticket: Ticket): string => lineOrder(ticket as ProtocolTicket)

/** When something happened in it last. */
function activeAt({ last, updated_at }: Ticket): string {
  return last && last.created_at > updated_at ? last.created_at : updated_at
}

const orders: { readonly [K in NonNullable<TicketFilter['order']>]: Order<Ticket> } = {
  newest: newestFirst,
  longest_waiting: { ...newestFirst, compare: (a, b) => compareTexts(placeOf(a), placeOf(b)) },
  last_activity: { ...newestFirst, compare: (a, b) => compareTexts(activeAt(b), activeAt(a)) },
}

/** Whether a filter lets a ticket through. In the order of the line there are open ones alone. */
function matches(filter: TicketFilter, ticket: Ticket): boolean {
  const { product, is_closed, states, line_manager, tag, text, day, order } = filter
  return (
    (product === undefined || ticket.product === product) &&
    (is_closed === undefined || ticket.is_closed === is_closed) &&
    (states === undefined || states.includes(ticket.state)) &&
    (line_manager === undefined || ticket.line_manager === line_manager) &&
    (tag === undefined || ticket.tags.includes(tag)) &&
    (day === undefined || ticket.created_at.startsWith(day)) &&
    (order !== 'longest_waiting' || !ticket.is_closed) &&
    (text === undefined || says(ticket, text.toLowerCase()))
  )
}

function says({ subject, display_name, user_id }: Ticket, text: string): boolean {
  return [subject, display_name, user_id].some((one) => one?.toLowerCase().includes(text))
}
