import type { Ticket } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { Creation, StreamKey } from '../../stores/store.ts'
import type { Context } from '../handler.ts'

/** The ticket, if the session may see it. A ticket that is not its own fails like one that does not exist. */
export async function requireTicket({ session, right, store }: Context, ticketId: string): Promise<Ticket> {
  const owners = right === 'own' ? session.user_ids : undefined
  const ticket = await store.tickets.get(session.workspace_id, ticketId, owners)
  if (!ticket) throw ticketNotFound(ticketId)
  return ticket
}

/** Whether the session's user has sent or changed something in a stream under this cid before. */
export async function isRepeated(key: StreamKey, cid: string, { session, store }: Context): Promise<boolean> {
  const known = await Promise.all(session.user_ids.map((id) => store.streams.has(key, id, cid)))
  return known.includes(true)
}

export function ticketNotFound(ticketId: string): RequestError {
  return new RequestError('not_found', `Ticket ${ticketId} does not exist`)
}

export function ticketClosed(ticketId: string): RequestError {
  return new RequestError('ticket_closed', `Ticket ${ticketId} is closed`)
}

/**
 * The row that this request created, now or in an earlier try.
 * @param taken the name of what may exist already
 * @param limit what is used up where there may be no more
 */
export function requireRow<Row>(
  creation: Creation<Row>,
  cid: string,
  taken: string,
  limit = 'There are as many as there may be',
): { row: Row; created: boolean } {
  if (!('conflict' in creation)) return creation
  if (creation.conflict === 'exists') throw new RequestError('conflict', `${taken} already exists`)
  if (creation.conflict !== 'cid') throw new RequestError('limit_reached', limit)
  throw new RequestError('conflict', `cid: ${cid} has been used for something else`)
}
