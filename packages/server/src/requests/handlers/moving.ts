import type { LineManager, Ticket, TicketMove, Topic } from '@dowellchat/protocol'
import { ticketAudience } from '../../delivery/audience.ts'
import { waitingTimeOf } from '../../delivery/waiting-times.ts'
import { RequestError } from '../../errors.ts'
import type { Moved } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { ticketNotFound } from './access.ts'
import { tellMove } from './ticket-facts.ts'

/**
 * Moves a ticket, and tells of it. What the line can do then is the caller's to ask for.
 * @param reason in the words of whoever moves it
 * @throws RequestError `conflict` where the ticket does not allow it by now
 */
export async function moveTicket(
  context: Context,
  ticketId: string,
  move: TicketMove,
  reason?: string,
): Promise<Moved> {
  const moved = await tryMove(context, ticketId, move)
  if ('refused' in moved) throw new RequestError('conflict', moved.refused)
  return tellMoved(context, move, moved, reason)
}

/** As `moveTicket`, for whoever goes on where it is refused; announces nothing. */
export async function tryMove(
  { session, store }: Context,
  ticketId: string,
  move: TicketMove,
): Promise<Moved | { readonly refused: string }> {
  const moved = await store.tickets.move(session.workspace_id, ticketId, move, session.user_id)
  if (!moved) throw ticketNotFound(ticketId)
  return moved
}

/**
 * Tells of a move in the ticket's conversation, and to those concerned. Of a repetition, every server sends the ticket again.
 * @returns it with what is due next
 */
export async function tellMoved(
  context: Context,
  move: TicketMove,
  moved: Moved,
  reason?: string,
): Promise<Moved> {
  const { session, notify, resend, trace } = context
  const { moved_now } = moved
  const { workspace_id } = session
  const { _id, line_manager } = moved.ticket
  const step = moved_now ? move.kind : `${move.kind} before`
  trace?.({ step, ticket: _id, line_manager, workspace: workspace_id }, 'ticket')
  let told = moved
  try {
    told = { ...moved, ticket: await tellMove(context, move, moved, reason) }
  } finally {
    // The ticket is moved, also where its conversation does not say so.
    const { ticket } = told
    if (moved_now) notify(ticketAudience(workspace_id, ticket), 'ticket_updated', { data: ticket })
    else resend('ticket_updated', { data: ticket })
    if (moved_now) noteLines(context, told)
  }
  return told
}

/** Those who wait behind the ticket, where it was and where it is now, wait for less or more. */
export function noteLines({ session, waitingTimes, notify }: Context, { ticket, before }: Moved): void {
  const { workspace_id } = session
  if (waitingTimes.told(workspace_id, ticket)) notify(...waitingTimeOf(workspace_id, ticket))
  for (const id of new Set([before.line_manager, ticket.line_manager]))
    if (id !== null) waitingTimes.moved(workspace_id, id, ticket._id)
}

/**
 * Lets the line give what it can behind what a request has done, and answers what that was. Where the line cannot be looked at now, it is
 * looked at again without the request, which has done what it is asked for.
 */
export function assignBehind({ session, lines, notify }: Context): Promise<readonly Ticket[]> {
  return lines.assign(session.workspace_id, notify).catch(() => [])
}

/** A ticket that has just been moved, as it is once the line has given what it can. */
export async function afterAssigning(context: Context, ticket: Ticket): Promise<Ticket> {
  const given = await assignBehind(context)
  return given.find(({ _id }) => _id === ticket._id) ?? ticket
}

/** Whoever was removed while they were given tickets does not keep them: the removal may have handed back before. */
export async function handBackIfRemoved(context: Context, userId: string): Promise<void> {
  const { session, store, lines, notify } = context
  const isThere = (await store.lineManagers.get(session.workspace_id, userId)) !== null
  if (!isThere) await lines.handBack(session.workspace_id, userId, false, notify)
}

/** @throws RequestError `not_found` where the user is none */
export async function requireLineManager({ session, store }: Context, userId: string): Promise<LineManager> {
  const manager = await store.lineManagers.get(session.workspace_id, userId)
  if (!manager) throw lineManagerNotFound(userId)
  return manager
}

export function lineManagerNotFound(userId: string): RequestError {
  return new RequestError('not_found', `Line manager ${userId} does not exist`)
}

/** @throws RequestError `not_found` where there is none of that name */
export async function requireTopic({ session, store }: Context, name: string): Promise<Topic> {
  const topic = await store.topics.get(session.workspace_id, name)
  if (!topic) throw topicNotFound(name)
  return topic
}

export function topicNotFound(name: string): RequestError {
  return new RequestError('not_found', `Topic ${name} does not exist`)
}
