import type { PayloadOf } from '@dowellchat/protocol'
import { normalName, topicName } from '@dowellchat/protocol/core'
import type { PendingAttachment } from '../attachments/pending-state.ts'
import type { Attachment, Ticket, TicketPriority } from '../entities.ts'
import type { TicketMetadata } from '../register.ts'
import { create, type Draft } from '../requests/creating.ts'
import { shownUnlessPushed } from '../requests/unless-pushed.ts'
import type { Wire } from '../requests/wire.ts'
import type { TicketFeed } from './ticket-feed.ts'

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

/**
 * Changes to a ticket. What is left out stays as it is; null removes it. `tags` and `metadata` replace all of them. Customers may
 * change the subject alone.
 *
 * @example
 * const changes: TicketChanges = { priority: 'high', tags: ['refund'] }
 */
export interface TicketChanges {
  readonly subject?: string | null | undefined
  readonly priority?: TicketPriority | undefined
  readonly tags?: readonly string[] | undefined
  readonly metadata?: TicketMetadata | null | undefined
}

/**
 * Whom a ticket goes to: a line manager by their user id, or the line of a topic, where it keeps the time since when it waits.
 *
 * @example
 * const target: TransferTarget = { product: 'sales' }
 */
export type TransferTarget = { readonly line_manager: string } | { readonly product: string }

/** What goes with passing a ticket on. */
export interface PassOptions {
  /** Who has it as far as the user knows, null for nobody: `conflict` if it is somebody else by now. */
  readonly expected?: string | null | undefined
}

/** What goes with a transfer. */
export interface TransferOptions extends PassOptions {
  /** Why; the conversation says it. */
  readonly reason?: string | undefined
}

/** Which ticket to take. */
export interface ClaimOptions {
  /** The name of a topic; default: those that the user serves. */
  readonly product?: string | undefined
  /** One `cid` takes one ticket, however often it is sent. */
  readonly cid?: string | undefined
}

/**
 * What can be done with a ticket. All reject with a `RequestError`: `not_found` for a ticket that the user may not see, `conflict`
 * where somebody else was faster, or its state does not allow it; its message says what is the matter.
 */
export interface TicketActions {
  /**
   * Changes what is given of a ticket.
   *
   * @example
   * await client.tickets.update(ticket._id, { priority: 'urgent' })
   */
  readonly update: (ticketId: string, changes: TicketChanges) => Promise<Ticket>
  /** Takes a ticket that waits. Needs a line manager, as `claimNext` does. */
  readonly claim: (ticketId: string) => Promise<Ticket>
  /**
   * Takes the first ticket of the line. `not_found` if none waits.
   *
   * @example
   * const ticket = await client.tickets.claimNext({ product: 'billing' })
   */
  readonly claimNext: (options?: ClaimOptions) => Promise<Ticket>
  /** Gives a ticket to a line manager, whoever has it now, whether they are there or not. */
  readonly assign: (ticketId: string, lineManager: string, options?: PassOptions) => Promise<Ticket>
  /**
   * Passes a ticket on.
   *
   * @example
   * await client.tickets.transfer(ticket._id, { product: 'sales' }, { reason: 'Wants to buy more' })
   */
  readonly transfer: (ticketId: string, to: TransferTarget, options?: TransferOptions) => Promise<Ticket>
  /** Puts a ticket on hold; a message of its customer takes it from there. */
  readonly hold: (ticketId: string, reason?: string) => Promise<Ticket>
  /** Undoes `hold`. */
  readonly resume: (ticketId: string) => Promise<Ticket>
  /** Opens a closed ticket again. Customers can for some days, and get `ticket_closed` after them. */
  readonly reopen: (ticketId: string) => Promise<Ticket>
  /** Says how it went, from 1, bad, to 5, good: its customer may, once it is closed. Another rating replaces it. */
  readonly rate: (ticketId: string, score: number, comment?: string) => Promise<Ticket>
  /** The whole conversation to keep: a line a message, as text for people, or as JSON. */
  readonly transcript: (ticketId: string, format?: 'text' | 'json') => Promise<string>
}

/** The same, and what begins and ends a ticket. */
export interface TicketMethods extends TicketActions {
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

export function createTicketActions({ connection, request, on }: Wire, feed: TicketFeed): TicketMethods {
  const told = (answer: Promise<Ticket>): Promise<Ticket> =>
    shownUnlessPushed(answer, on.ticket_updated, feed.tell)

  return {
    create: (draft) => told(create(connection, payloadOf(draft), request.create_ticket)),
    close: (ticket_id) => told(request.close_ticket({ ticket_id }).then(({ ticket }) => ticket)),
    update: (ticket_id, changes) => told(request.update_ticket({ ticket_id, ...changesIn(changes) })),
    claim: (ticket_id) => told(request.claim_ticket({ ticket_id })),
    claimNext({ product, cid } = {}) {
      const draft = { ...(product !== undefined && { product: topicName(product) }), ...(cid && { cid }) }
      return told(create(connection, draft, request.claim_next))
    },
    assign: (ticket_id, line_manager, options) =>
      told(request.assign_ticket({ ticket_id, line_manager, ...expectedIn(options) })),
    transfer: (ticket_id, to, options = {}) =>
      told(
        request.transfer_ticket({
          ticket_id,
          ...('product' in to ? { product: topicName(to.product) } : { line_manager: to.line_manager }),
          ...expectedIn(options),
          ...reasonIn(options.reason),
        }),
      ),
    hold: (ticket_id, reason) =>
      told(request.hold_ticket({ ticket_id, is_on_hold: true, ...reasonIn(reason) })),
    resume: (ticket_id) => told(request.hold_ticket({ ticket_id, is_on_hold: false })),
    reopen: (ticket_id) => told(request.reopen_ticket({ ticket_id }).then(({ ticket }) => ticket)),
    rate: (ticket_id, score, comment = '') =>
      told(request.rate_ticket({ ticket_id, score, ...(comment.trim() && { comment }) })),
    async transcript(ticket_id, format = 'text') {
      const parts: string[] = []
      let after: number | null = null
      do {
        const part = await request.get_transcript({ ticket_id, format, ...(after !== null && { after }) })
        parts.push(part.text)
        after = part.next
      } while (after !== null)
      return parts.join('')
    },
  }
}

function changesIn({ subject, priority, tags, metadata }: TicketChanges) {
  return {
    ...(subject !== undefined && { subject: subject && (normalName(subject) || null) }),
    ...(priority !== undefined && { priority }),
    ...(tags && { tags: [...new Set(tags.map(normalName))].filter((tag) => tag !== '') }),
    ...(metadata !== undefined && { metadata: metadata as PayloadOf<'update_ticket'>['metadata'] }),
  }
}

function expectedIn({ expected }: PassOptions = {}) {
  return expected !== undefined && { expected }
}

function reasonIn(reason = '') {
  const normal = normalName(reason)
  return normal !== '' && { reason: normal }
}

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
