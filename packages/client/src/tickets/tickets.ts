import { ticketStream, topicName } from '@dowellchat/protocol/core'
import type { Ticket } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { createLazyList, createLazyThing } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { createLiveStream, type StreamKind } from '../messages/stream.ts'
import type { TicketMetadata } from '../register.ts'
import { create, type Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'
import type { Receipts } from '../rooms/receipts-state.ts'
import { createTicketFeed } from './ticket-feed.ts'
import type { TicketFilter } from './ticket-filter.ts'

/**
 * A new ticket. `product` is the name of its topic. One `cid` opens one ticket, however often it is created.
 *
 * @example
 * const draft: TicketDraft = { product: 'billing' }
 */
export interface TicketDraft extends Omit<Draft<'create_ticket'>, 'metadata'> {
  readonly metadata?: TicketMetadata | undefined
}

/** The tickets that this user may see: a customer's own; for agents and admins, all of the workspace. */
export interface Tickets {
  /**
   * A ticket by its id; `not_found` for one that the user may not see.
   *
   * @example
   * const state = client.tickets.get(id).getSnapshot()
   * if (state.status === 'ready') show(state.data.is_closed ? 'Closed' : 'Open')
   */
  readonly get: (ticketId: string) => LiveThing<Ticket>
  /**
   * Tickets, newest first. They enter and leave the list as they are opened and closed. Asking again, with the same filter in
   * another object too, answers the same list while it is retained or was used recently.
   *
   * @example
   * const open = client.tickets.list({ product: 'billing', is_closed: false })
   */
  readonly list: (filter?: TicketFilter) => LiveList<Ticket>
  /** A ticket's conversation; the same object as long as a room's would be. */
  readonly messages: (ticketId: string) => LiveStream
  /** Who has read how far in a ticket's conversation. */
  readonly receipts: (ticketId: string) => LiveThing<Receipts>
  /**
   * Opens a ticket. Without an answer, or a connection, it is tried again for half a minute under the same `cid`. Rejects with
   * a `RequestError`: `not_found` if the topic does not exist.
   *
   * @example
   * const ticket = await client.tickets.create({ product: 'billing' })
   */
  readonly create: (draft: TicketDraft) => Promise<Ticket>
  /** Closes a ticket; closing twice changes nothing. Rejects with a `RequestError`. */
  readonly close: (ticketId: string) => Promise<Ticket>
}

export function createTickets(wire: Wire): Tickets {
  const { connection, request, shown, pageSize } = wire
  const feed = createTicketFeed(wire.on)
  const lists = createCache((key: string, touch) =>
    createLazyList(
      ({ createTicketList }) => createTicketList(wire, feed, JSON.parse(key), touch),
      'get_tickets',
      touch,
    ),
  )
  const messages = createCache((ticket_id: string, touch) => {
    const kind: StreamKind = {
      stream: ticketStream(ticket_id),
      join: (position) =>
        shown.join_ticket({ ticket_id, ...(position ? { position } : { limit: pageSize }) }),
      leave: () => shown.leave_ticket({ ticket_id }),
    }
    return createLiveStream(kind, wire, touch)
  })

  async function told(answer: Promise<Ticket>): Promise<Ticket> {
    const ticket = await answer
    feed.tell(ticket)
    return ticket
  }

  return {
    get: createCache((ticket_id: string, touch) =>
      createLazyThing(({ createTicket }) => createTicket(wire, feed, ticket_id, touch), 'get_ticket', touch),
    ),
    list: ({ product, is_closed } = {}) =>
      lists(JSON.stringify({ product: product === undefined ? product : topicName(product), is_closed })),
    messages,
    receipts: createCache((ticket_id: string, touch) =>
      createLazyThing(
        ({ createReceipts }) => createReceipts(wire, ticketStream(ticket_id), undefined, touch),
        'get_receipts',
        touch,
      ),
    ),
    create: ({ product, ...draft }) =>
      told(create(connection, { ...draft, product: topicName(product) }, request.create_ticket)),
    close: (ticket_id) => told(request.close_ticket({ ticket_id }).then(({ ticket }) => ticket)),
  }
}
