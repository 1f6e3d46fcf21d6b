import { normalName, notesStream, ticketStream, topicName } from '@dowellchat/protocol/core'
import type { PendingAttachment } from '../attachments/pending-state.ts'
import type { Attachment, Ticket } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { once } from '../live/later-code.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazyList, createLazyThing } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { createLiveStream, type StreamKind } from '../messages/stream.ts'
import type { TicketMetadata } from '../register.ts'
import { create, type Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'
import type { Receipts } from '../rooms/receipts-state.ts'
import type { Queue } from './queue-state.ts'
import type { TicketActions } from './ticket-actions.ts'
import { createTicketFeed, type TicketFeed } from './ticket-feed.ts'
import { filterKey, type TicketFilter } from './ticket-filter.ts'

/**
 * A new ticket. `product` is the name of its topic; `message_data` and `attachments` are its first message. One `cid` opens one
 * ticket, however often it is created. With the `link_id` of a share link its customer is the one whom the link names.
 *
 * @example
 * const draft: TicketDraft = { product: 'billing', subject: 'Invoice 12', message_data: 'It says 90, and not 80.' }
 */
export interface TicketDraft extends Omit<Draft<'create_ticket'>, 'metadata' | 'attachments'> {
  readonly metadata?: TicketMetadata | undefined
  /** Files that are uploaded, as `send` takes them. */
  readonly attachments?: readonly (Pick<Attachment, 'upload_id'> | PendingAttachment)[] | undefined
}

/** The tickets that this user may see: a customer's own; for agents and admins, all of the workspace. */
export interface Tickets extends TicketActions {
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

export function createTickets(wire: Wire, feed: TicketFeed = createTicketFeed(wire.on)): Tickets {
  const { connection, request, shown, pageSize } = wire
  const lists = createCache((key: string, touch) =>
    createLazyList(
      ({ createTicketList }) => createTicketList(wire, feed, JSON.parse(key), touch),
      'get_tickets',
      touch,
    ),
  )

  function streams(streamOf: (id: string) => string, join: 'join_ticket' | 'join_notes') {
    const leave = join === 'join_ticket' ? 'leave_ticket' : 'leave_notes'
    return createCache((ticket_id: string, touch) => {
      const kind: StreamKind = {
        stream: streamOf(ticket_id),
        join: (position) => shown[join]({ ticket_id, ...(position ? { position } : { limit: pageSize }) }),
        leave: () => shown[leave]({ ticket_id }),
      }
      return createLiveStream(kind, wire, touch)
    })
  }

  async function told(answer: Promise<Ticket>): Promise<Ticket> {
    const ticket = await answer
    feed.tell(ticket)
    return ticket
  }

  return {
    get: createCache((ticket_id: string, touch) =>
      createLazyThing(({ createTicket }) => createTicket(wire, feed, ticket_id, touch), 'get_ticket', touch),
    ),
    list: (filter = {}) => lists(filterKey(filter)),
    messages: streams(ticketStream, 'join_ticket'),
    notes: streams(notesStream, 'join_notes'),
    receipts: createCache((ticket_id: string, touch) =>
      createLazyThing(
        ({ createReceipts }) => createReceipts(wire, ticketStream(ticket_id), undefined, touch),
        'get_receipts',
        touch,
      ),
    ),
    queue: createCache((ticket_id: string, touch) =>
      createLazyThing(
        ({ createQueue }) => createQueue(wire, feed, { ticket_id }, touch),
        'get_estimate',
        touch,
      ),
    ),
    create: (draft) => told(create(connection, payloadOf(draft), request.create_ticket)),
    close: (ticket_id) => told(request.close_ticket({ ticket_id }).then(({ ticket }) => ticket)),
    ...laterMethods<TicketActions>(
      ticketActions,
      once(({ createTicketActions }) => createTicketActions(wire, feed)),
      'update_ticket',
    ),
  }
}

const ticketActions = [
  ...(['update', 'claim', 'claimNext', 'assign', 'transfer', 'hold', 'resume'] as const),
  ...(['reopen', 'rate', 'transcript'] as const),
]

function payloadOf({ product, subject, attachments, ...draft }: TicketDraft) {
  return {
    ...(draft as Omit<Draft<'create_ticket'>, 'attachments'>),
    product: topicName(product),
    ...(subject !== undefined && normalName(subject) !== '' && { subject: normalName(subject) }),
    ...(attachments && attachments.length > 0 && { attachments: attachments.map(uploadOf) }),
  }
}

/** One that is not uploaded yet has no id, and is refused as every invalid id is. */
function uploadOf(one: Pick<Attachment, 'upload_id'> | PendingAttachment): { upload_id: string } {
  const { upload_id } = 'upload_id' in one ? one : (one.attachment ?? { upload_id: '' })
  return { upload_id }
}
