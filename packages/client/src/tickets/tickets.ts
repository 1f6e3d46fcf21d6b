import { notesStream, ticketStream } from '@dowellchat/protocol/core'
import type { Ticket } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazyLists, createLazyThings } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { createLiveStream, type StreamKind } from '../messages/stream.ts'
import type { Wire } from '../requests/wire.ts'
import type { Receipts } from '../rooms/receipts-state.ts'
import type { Queue } from './queue-state.ts'
import type { TicketMethods } from './ticket-actions.ts'
import { createTicketFeed, type TicketFeed } from './ticket-feed.ts'
import { filterKey, type TicketFilter } from './ticket-filter.ts'
import { ticketMethods } from './ticket-methods.ts'

/** The tickets that this user may see: a customer's own; for agents and admins, all of the workspace. */
export interface Tickets extends TicketMethods {
  /**
   * A ticket by its id; `not_found` for one that the user may not see.
   *
   * @example
   * const state = client.tickets.get(id).getSnapshot()
   * if (state.status === 'ready') show(state.data.is_closed ? 'Closed' : 'Open')
   */
  readonly get: (ticketId: string) => LiveThing<Ticket>
  /**
   * Tickets, newest first, or in the filter's `order`. They enter and leave the list as they are opened, assigned and closed.
   * Asking again, with the same filter in another object too, answers the same list while it is retained or was used recently.
   *
   * @example
   * const open = client.tickets.list({ product: 'billing', is_closed: false })
   */
  readonly list: (filter?: TicketFilter) => LiveList<Ticket>
  /** A ticket's conversation; the same object as long as a room's would be. */
  readonly messages: (ticketId: string) => LiveStream
  /** What agents and admins write to each other about a ticket: its customer never sees it. */
  readonly notes: (ticketId: string) => LiveStream
  /** Who has read how far in a ticket's conversation. */
  readonly receipts: (ticketId: string) => LiveThing<Receipts>
  /**
   * A ticket's place in the line and how long it takes from there, kept current.
   *
   * @example
   * const { data } = client.tickets.queue(ticket._id).getSnapshot()
   * if (data?.estimate) show(`Place ${data.estimate.position}`)
   */
  readonly queue: (ticketId: string) => LiveThing<Queue>
}

export function createTickets(wire: Wire, feed: TicketFeed = createTicketFeed(wire.on)): Tickets {
  const { shown } = wire
  const lists = createLazyLists(
    ({ createTicketList }, key, touch) => createTicketList(wire, feed, JSON.parse(key), touch),
    'get_tickets',
  )

  function streams(streamOf: (id: string) => string, join: 'join_ticket' | 'join_notes') {
    const leave = join === 'join_ticket' ? 'leave_ticket' : 'leave_notes'
    return createCache((ticket_id: string, touch) => {
      const kind: StreamKind = {
        stream: streamOf(ticket_id),
        join: (from) => shown[join]({ ticket_id, ...from }),
        leave: () => shown[leave]({ ticket_id }),
      }
      return createLiveStream(kind, wire, touch)
    })
  }

  return {
    get: createLazyThings(
      ({ createTicket }, ticket_id, touch) => createTicket(wire, feed, ticket_id, touch),
      'get_ticket',
    ),
    list: (filter = {}) => lists(filterKey(filter)),
    messages: streams(ticketStream, 'join_ticket'),
    notes: streams(notesStream, 'join_notes'),
    receipts: createLazyThings(
      ({ createReceipts }, ticket_id, touch) =>
        createReceipts(wire, ticketStream(ticket_id), undefined, touch),
      'get_receipts',
    ),
    queue: createLazyThings(
      ({ createQueue }, ticket_id, touch) => createQueue(wire, feed, { ticket_id }, touch),
      'get_estimate',
    ),
    ...laterMethods<TicketMethods>(
      ticketMethods,
      ({ createTicketActions }) => createTicketActions(wire, feed),
      'close_ticket',
    ),
  }
}
