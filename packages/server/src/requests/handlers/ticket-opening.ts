import { type PayloadOf, type Session, type Ticket, topicLine } from '@dowellchat/protocol'
import { v7 as uuid } from 'uuid'
import { agentsOf, ticketAudience } from '../../delivery/audience.ts'
import { withTarget } from '../../delivery/ticket-facts.ts'
import { RequestError } from '../../errors.ts'
import { rightOf } from '../../identity/permissions.ts'
import type { Creation, NewTicket, TakenLink } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { requireRow } from './access.ts'
import { firstText, isOpened, sendFirstMessage } from './first-message.ts'
import { assignBehind, topicNotFound } from './moving.ts'
import { topicLimit } from './topics.ts'

type Opening = PayloadOf<'create_ticket'>

/** Opens a ticket, and gives it to whoever is free. */
export async function openTicket(payload: Opening, context: Context): Promise<Ticket> {
  const { cid, metadata, product } = payload
  context.expectMetadata('ticketMetadata', metadata)
  await ensureTopic(context, product)
  const taken = await takeLink(payload, context)
  const owner = ownerOf(context.session, taken)
  const asOwner = owner === context.session ? context : context.as(owner)
  const [newTicket, creation] = await createTicket(payload, taken, asOwner)
  const { row, created } = requireRow(creation, cid, 'Ticket', limitOf(creation, newTicket))
  traceOpened(row, created, payload, context)
  // Also for a repeated request: the server may have ended before it wrote the row, sent the message or set the target.
  if (row.line_manager !== null) context.audit.assigned(owner.workspace_id, row)
  let ticket = row
  try {
    if (newTicket.first_text !== undefined) await sendFirstMessage(row, asOwner)
    ticket = await withTarget(context, owner.workspace_id, row)
  } finally {
    // Whatever of it fails, the ticket is there.
    if (created) announceNew(ticket, context)
    else announceAgain(ticket, ticket !== row, context)
  }
  return ticket.state === 'waiting' ? giveWaiting(ticket, context) : ticket
}

/** What somebody is told who may open no more. */
function limitOf(creation: Creation<Ticket>, { most_open, most_guests_open }: NewTicket): string {
  return 'conflict' in creation && creation.conflict === 'guests_limit'
    ? `The guests of this workspace have ${most_guests_open} open tickets, which is the most they may have`
    : `You have ${most_open} open tickets, which is the most you may have`
}

function announceNew(ticket: Ticket, { session, notify, waitingTimes }: Context): void {
  notify(agentsOf(session.workspace_id), 'new_ticket', { data: ticket })
  waitingTimes.told(session.workspace_id, ticket)
}

/** For a repeated request. @param isChanged whether it has its target only now */
function announceAgain(ticket: Ticket, isChanged: boolean, { session, notify, resend }: Context): void {
  resend('new_ticket', { data: ticket })
  if (isChanged) notify(ticketAudience(session.workspace_id, ticket), 'ticket_updated', { data: ticket })
}

async function giveWaiting(ticket: Ticket, context: Context): Promise<Ticket> {
  const assigned = await assignBehind(context)
  const given = assigned.find(({ _id }) => _id === ticket._id)
  if (!given && context.connection.hearsMinutes) followMinutes(ticket, context)
  return given ?? ticket
}

/** Its minutes are told behind the answer, which subscribes to them. */
function followMinutes({ product }: Ticket, { session, connection, lineMoves }: Context): void {
  const key = { workspace_id: session.workspace_id, line: topicLine(product) }
  connection.followLine(key)
  lineMoves.tell(key)
}

/** Where no ticket is made, its link is as it was; where that is not known, the request's repetition finds out. */
async function createTicket(
  payload: Opening,
  taken: TakenLink | undefined,
  asOwner: Context,
): Promise<[newTicket: NewTicket, creation: Creation<Ticket>]> {
  let newTicket: NewTicket
  try {
    newTicket = await newTicketOf(payload, asOwner)
  } catch (error) {
    await giveLinkBack(taken, asOwner)
    throw error
  }
  const creation = await asOwner.store.tickets.create(newTicket)
  if ('conflict' in creation) await giveLinkBack(taken, asOwner)
  return [newTicket, creation]
}

async function giveLinkBack(taken: TakenLink | undefined, asOwner: Context): Promise<void> {
  if (!taken || (await isOpened(taken.cid, asOwner))) return
  await asOwner.store.shareLinks.giveBack(asOwner.session.workspace_id, taken)
}

async function newTicketOf(payload: Opening, context: Context): Promise<NewTicket> {
  const { product, subject, metadata, cid, client_created_at = null } = payload
  const { session, limits, lines, fingerprint } = context
  const { workspace_id, user_id, name: display_name } = session
  const first_text = await firstText(payload, context)
  const waits = await lines.waitsFirst(workspace_id, product)
  return {
    ...{ workspace_id, user_id, display_name, product, cid, fingerprint, client_created_at },
    earlier_ids: session.user_ids.slice(1),
    // Pages of V2 open tickets for all their customers, as admins.
    ...(session.role === 'customer' && { most_open: limits.userOpenTickets }),
    ...(session.is_guest && { most_guests_open: limits.guestsOpenTickets }),
    ...(metadata && { metadata }),
    ...(subject !== undefined && { subject }),
    ...(first_text !== undefined && { first_text }),
    ...(waits && { waits }),
  }
}

/** What the ticket takes of its link; undefined for one without a link, and for one that is there already. */
async function takeLink(
  { link_id, product, cid }: Opening,
  context: Context,
): Promise<TakenLink | undefined> {
  if (link_id === undefined || (await isOpened(cid, context))) return undefined
  const { session, store } = context
  const used = await store.shareLinks.use(session.workspace_id, link_id, product, cid)
  if (used === null) throw new RequestError('not_found', `Link ${link_id} does not exist`)
  if (used === 'used_up') throw new RequestError('limit_reached', 'The link is used up')
  return { ...used, link_id, product, cid }
}

/**
 * Whose ticket it becomes: of a link, the next of its names; a customer who uses a link keeps the ticket as their own, and is called
 * by that name.
 */
function ownerOf(session: Session, taken: TakenLink | undefined): Session {
  if (!taken) return session
  const { user_id } = taken
  if (session.role === 'customer') return { ...session, name: session.name ?? user_id }
  return { ...session, user_id, user_ids: [user_id], name: null }
}

function traceOpened({ _id, line_manager }: Ticket, created: boolean, { cid }: Opening, context: Context) {
  const step = created ? 'created' : 'repeated'
  const workspace = context.session.workspace_id
  context.trace?.({ step, ticket: _id, cid, line_manager, workspace }, 'ticket')
}

/** Throws if there is no such topic; for a session that may create topics, creates it instead. */
async function ensureTopic(context: Context, name: string): Promise<void> {
  const { session, store, limits, notify } = context
  const { workspace_id, user_id } = session
  if (await store.topics.get(workspace_id, name)) return
  if (rightOf('create_topic', session) === 'none') throw topicNotFound(name)
  const most = limits.workspaceTopics
  const creation = await store.topics.create({
    workspace_id,
    user_id,
    name,
    cid: uuid(),
    fingerprint: '',
    client_created_at: null,
    most,
  })
  // Another conflict means that another request has just created it, which is fine too.
  if ('conflict' in creation && creation.conflict === 'limit')
    throw new RequestError('limit_reached', topicLimit(most))
  if (!('row' in creation)) return
  notify(agentsOf(workspace_id), 'topic_changed', { data: creation.row })
}
