import { ticketStream, topicName } from '@dowellchat/protocol/core'
import type { PushOf, Ticket } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { createLiveList, type ListSource, type LiveList } from '../live/live-list.ts'
import { createLiveStream, type LiveStream, type StreamKind, type StreamWire } from '../messages/stream.ts'
import type { CreateOptions } from '../requests/creation.ts'
import { uuid } from '../uuid.ts'

/** The tickets that this user may see: a customer's own; for agents and admins, all of the workspace. */
export interface Tickets {
  /**
   * The tickets of a topic, or all, newest first (at most 5,000). Asking again answers the same object while the list is
   * retained or was used recently.
   */
  readonly list: (product?: string) => LiveList<Ticket>
  /** A ticket's conversation; the same object as long as a room's would be. */
  readonly messages: (ticketId: string) => LiveStream
  /** Opens a ticket. Rejects with a `RequestError`: `not_found` if the topic does not exist. */
  readonly create: (product: string, options?: CreateOptions) => Promise<Ticket>
  /** Closes a ticket; closing twice changes nothing. Rejects with a `RequestError`. */
  readonly close: (ticketId: string) => Promise<Ticket>
}

const mostTickets = 5_000

type TicketListener = (push: PushOf<'ticket_updated'>) => void

export function createTickets(wire: StreamWire): Tickets {
  const { request, on } = wire
  // The server answers a ticket's creator, and pushes the ticket to the others alone.
  const creationListeners = new Set<TicketListener>()

  function follow(listener: TicketListener): () => void {
    creationListeners.add(listener)
    const stops = [
      on.new_ticket(listener),
      on.ticket_updated(listener),
      () => creationListeners.delete(listener),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  const listOf = createCache((product: string | undefined, touch) => {
    const filter = product === undefined ? {} : { product }
    const source: ListSource<Ticket> = {
      load: async () => (await request.get_tickets({ limit: mostTickets, ...filter })).tickets,
      watch(change) {
        touch()
        const stop = follow(({ data }) => {
          if (product === undefined || data.product === product)
            change((tickets) => withTicket(tickets, data))
        })
        return () => {
          stop()
          touch()
        }
      },
    }
    return createLiveList(source, wire)
  })

  const messages = createCache((ticket_id: string, touch) => {
    const kind: StreamKind = {
      stream: ticketStream(ticket_id),
      join: (position) => request.join_ticket({ ticket_id, ...(position && { position }) }),
      leave: () => request.leave_ticket({ ticket_id }),
    }
    return createLiveStream(kind, wire, touch)
  })

  return {
    list: (product) => listOf(product === undefined ? undefined : topicName(product)),
    messages,
    async create(product, { cid = uuid() } = {}) {
      const data = await request.create_ticket({ product: topicName(product), cid })
      for (const listener of [...creationListeners]) listener({ data })
      return data
    },
    close: async (ticket_id) => (await request.close_ticket({ ticket_id })).ticket,
  }
}

/** The tickets with this one in its place, or in front if it is new. */
function withTicket(tickets: readonly Ticket[], ticket: Ticket): readonly Ticket[] {
  const isKnown = tickets.some(({ _id }) => _id === ticket._id)
  return isKnown ? tickets.map((one) => (one._id === ticket._id ? ticket : one)) : [ticket, ...tickets]
}
