import { type Ticket, ticketStream, topicName } from '@dowellchat/protocol'
import { v7 as uuid } from 'uuid'
import type { Connection } from './connection.ts'
import { createLiveList, type EditableList, type LiveList } from './live-list.ts'
import type { PushMethods } from './push.ts'
import type { RequestMethods } from './request.ts'
import { createLiveStream, type LiveStream } from './stream.ts'

/** The tickets that this user may see: a customer's own, an agent's and admin's all of the workspace. */
export interface Tickets {
  /** Those of a topic, or all, newest first (at most 5,000); the same object for the same topic. */
  readonly list: (product?: string) => LiveList<Ticket>
  /** A ticket's conversation; the same object for the same ticket. */
  readonly conversation: (ticketId: string) => LiveStream
  /** Opens a ticket. Rejects with a `RequestError`: `not_found` where the topic does not exist. */
  readonly create: (product: string) => Promise<Ticket>
  /** Closes a ticket; closing twice changes nothing. Rejects with a `RequestError`. */
  readonly close: (ticketId: string) => Promise<Ticket>
}

const most = 5_000

export function createTickets(connection: Connection, request: RequestMethods, on: PushMethods): Tickets {
  const lists = new Map<string | undefined, EditableList<Ticket>>()
  const conversations = new Map<string, LiveStream>()

  function createList(product: string | undefined): EditableList<Ticket> {
    return createLiveList(
      {
        load: async () =>
          (await request.get_tickets({ limit: most, ...(product !== undefined && { product }) })).tickets,
        watch(change) {
          const put = ({ data }: { data: Ticket }): void => {
            if (isListed(product, data)) change((tickets) => withTicket(tickets, data))
          }
          const stops = [on.new_ticket(put), on.ticket_updated(put)]
          return () => {
            for (const stop of stops) stop()
          }
        },
      },
      connection,
    )
  }

  function createConversation(ticket_id: string): LiveStream {
    return createLiveStream(
      {
        stream: ticketStream(ticket_id),
        join: (position) => request.join_ticket({ ticket_id, ...(position && { position }) }),
        leave: () => request.leave_ticket({ ticket_id }),
        send: (draft) => request.ticket_message_event({ ticket_id, ...draft }),
      },
      connection,
      request,
    )
  }

  return {
    list(product) {
      const name = product === undefined ? undefined : topicName(product)
      const list = lists.get(name) ?? createList(name)
      lists.set(name, list)
      return list
    },
    conversation(ticketId) {
      const conversation = conversations.get(ticketId) ?? createConversation(ticketId)
      conversations.set(ticketId, conversation)
      return conversation
    },
    async create(product) {
      const ticket = await request.create_ticket({ product: topicName(product), cid: uuid() })
      // Its maker is answered, and not told again.
      for (const [name, list] of lists)
        if (isListed(name, ticket)) list.edit((tickets) => withTicket(tickets, ticket))
      return ticket
    },
    close: async (ticket_id) => (await request.close_ticket({ ticket_id })).ticket,
  }
}

function isListed(product: string | undefined, ticket: Ticket): boolean {
  return product === undefined || ticket.product === product
}

/** The tickets with this one in its place, or in front if it is new. */
function withTicket(tickets: readonly Ticket[], ticket: Ticket): readonly Ticket[] {
  const isKnown = tickets.some(({ _id }) => _id === ticket._id)
  return isKnown ? tickets.map((one) => (one._id === ticket._id ? ticket : one)) : [ticket, ...tickets]
}
