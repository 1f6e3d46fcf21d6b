import { lineOrder, type Ticket, type Wait } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { ClientMade } from '../domains/rows.ts'
import type { NewTicket } from '../domains/tickets.ts'
import { newId } from '../ids.ts'
import type { Place } from '../load.ts'
import {
  added,
  boolean,
  clientMadeFields,
  type EntityFields,
  entityOf,
  inStore,
  integer,
  json,
  orNull,
  text,
} from './field.ts'

/** A ticket as every store keeps it; its waiting time is computed when it is read. */
export interface TicketRow extends Omit<Ticket, 'waiting_time' | 'metadata' | 'last' | 'unread'>, ClientMade {
  /** As JSON: MongoDB does not take every key. */
  readonly metadata_text: string | null
  /** One of its line manager's, while it is open and theirs. */
  readonly slot: number | null
  readonly closed_by: string | null
  /** How many times it was closed; the cid of its `closed` entry is derived from it. */
  readonly close_count: number
  /** `lineOrder` of the ticket. */
  readonly line_order: string
  /** The cid of the request by which its line manager has taken it as the first of the line; null if it came to them otherwise. */
  readonly claim_cid: string | null
  /** How many moves it has made; the cids of the entries that tell of them are derived from it. */
  readonly moves: number
  /** The first message, as JSON, until it was appended. */
  readonly first_text: string | null
  /** How long it was said to wait when it came into the line, until somebody takes it. */
  readonly predicted: Wait | null
  /** When it was opened, or when its last message was sent; written behind the messages. */
  readonly active_at: string
}

export const ticketFields: EntityFields<TicketRow, Ticket> = {
  _id: text,
  user_id: text,
  display_name: orNull(text),
  line_manager: orNull(text),
  is_closed: boolean,
  // Migrations have filled them in: nothing is missing.
  state: added(text, 'waiting'),
  subject: orNull(text),
  priority: added(text, 'normal'),
  tags: added(json, []),
  enqueued_at: added(text, ''),
  assigned_at: orNull(text),
  answered_at: orNull(text),
  target: orNull(json),
  rating: orNull(json),
  created_at: text,
  updated_at: text,
  closed_at: orNull(text),
  client_created_at: orNull(text),
  product: text,
  slot: inStore(orNull(integer)),
  closed_by: inStore(orNull(text)),
  close_count: inStore(integer),
  line_order: inStore(added(text, '')),
  claim_cid: inStore(orNull(text)),
  moves: inStore(added(integer, 0)),
  first_text: inStore(orNull(text)),
  predicted: inStore(orNull(json)),
  active_at: inStore(added(text, '')),
  metadata_text: inStore(orNull(text)),
  ...clientMadeFields,
}

const shown = entityOf<TicketRow, Ticket>(ticketFields)

export function toTicket(row: TicketRow, waiting_time: number | null): Ticket {
  return withMetadata({ ...shown(row), waiting_time }, row)
}

/** A ticket with the team's own data about it, if there is any. */
export function withMetadata(ticket: Ticket, { metadata_text }: Pick<TicketRow, 'metadata_text'>): Ticket {
  if (metadata_text === null) return ticket
  return { ...ticket, metadata: JSON.parse(metadata_text) as Ticket['metadata'] }
}

/** A ticket's metadata as its row has it. */
export function metadataText(metadata: Ticket['metadata'] | null): string | null {
  return metadata ? JSON.stringify(metadata) : null
}

/** A new ticket. @param place whom it is given to; undefined where it waits */
export function newTicketRow(ticket: NewTicket, place: Place | undefined): TicketRow {
  const now = isoNow()
  const _id = newId()
  const priority = 'normal'
  return {
    _id,
    user_id: ticket.user_id,
    display_name: ticket.display_name,
    line_manager: place?.line_manager ?? null,
    is_closed: false,
    state: place ? 'assigned' : 'waiting',
    subject: ticket.subject ?? null,
    priority,
    tags: [],
    enqueued_at: now,
    assigned_at: place ? now : null,
    answered_at: null,
    target: null,
    rating: null,
    line_order: lineOrder({ _id, priority, enqueued_at: now }),
    claim_cid: null,
    moves: 0,
    first_text: ticket.first_text ?? null,
    predicted: null,
    active_at: now,
    created_at: now,
    updated_at: now,
    closed_at: null,
    client_created_at: ticket.client_created_at,
    product: ticket.product,
    slot: place?.slot ?? null,
    closed_by: null,
    close_count: 0,
    cid: ticket.cid,
    fingerprint: ticket.fingerprint,
    metadata_text: metadataText(ticket.metadata),
  }
}
