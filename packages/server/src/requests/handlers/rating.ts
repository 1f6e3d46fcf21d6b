import { factText, type PayloadOf, type Rating, type Ticket } from '@dowellchat/protocol'
import { ticketAudience } from '../../delivery/audience.ts'
import { factDraft } from '../../delivery/ticket-facts.ts'
import { RequestError } from '../../errors.ts'
import { isoNow } from '../../time.ts'
import type { Context } from '../handler.ts'
import { requireTicket, ticketNotFound } from './access.ts'
import { ticketKey } from './sending.ts'

/** Keeps what a ticket's customer says of how it went. The same again changes nothing, and completes what a first try has left. */
export async function rateTicket(
  { ticket_id, score, ...said }: PayloadOf<'rate_ticket'>,
  context: Context,
): Promise<Ticket> {
  const { session, notify } = context
  const comment = said.comment ?? null
  const known = await requireTicket(context, ticket_id)
  if (!session.user_ids.includes(known.user_id))
    throw new RequestError('forbidden', 'Only the customer of a ticket can rate it')
  if (!known.is_closed && known.rating === null)
    throw new RequestError('conflict', 'The ticket is not closed yet')
  const isSame = known.rating?.score === score && known.rating.comment === comment
  const rating = isSame && known.rating ? known.rating : { score, comment, rated_at: isoNow() }
  const ticket = isSame ? known : await keepRating(context, ticket_id, rating)
  await tellRating(context, ticket, rating)
  notify(ticketAudience(session.workspace_id, ticket), 'ticket_updated', { data: ticket })
  return ticket
}

async function keepRating({ session, store }: Context, ticketId: string, rating: Rating): Promise<Ticket> {
  const ticket = await store.tickets.update(session.workspace_id, ticketId, { rating })
  if (!ticket) throw ticketNotFound(ticketId)
  return ticket
}

async function tellRating(context: Context, ticket: Ticket, rating: Rating): Promise<void> {
  const { session, streams } = context
  const { score, comment, rated_at } = rating
  const fact = { score }
  const text = factText('rated', fact, { comment: comment ?? undefined })
  const by = { user_id: ticket.user_id, name: session.name }
  const cid = `rated:${ticket._id}:${rated_at}`
  await streams.append(
    ticketKey(context, ticket._id),
    factDraft(ticket, { kind: 'rated', cid, text, fact, by }),
  )
}
