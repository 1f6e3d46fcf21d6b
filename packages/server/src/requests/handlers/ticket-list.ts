import {
  limits as contractLimits,
  type Message,
  type PayloadOf,
  type Ticket,
  ticketStream,
} from '@dowellchat/protocol'
import { mostEnds, type TicketFilter } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { unreadTexts } from './unread-texts.ts'

const defaultTickets = 50

/** The tickets that the session may see, as the payload filters and orders them. */
export async function listTickets(
  { details = false, limit = defaultTickets, ...wanted }: PayloadOf<'get_tickets'>,
  context: Context,
): Promise<{ tickets: Ticket[]; more: boolean }> {
  const { session, right, store } = context
  const most = details ? Math.min(limit, contractLimits.list_rows) : limit
  const { tickets, more } = await store.tickets.list(session.workspace_id, {
    ...filterOf(wanted),
    limit: most,
    ...(right === 'own' && { user_ids: session.user_ids }),
  })
  if (details) return { tickets: await withDetails(tickets, context), more }
  if (limit <= contractLimits.tickets_with_metadata) return { tickets, more }
  return { tickets: tickets.map(withoutMetadata), more }
}

/** What is named in the payload. */
function filterOf(wanted: Omit<PayloadOf<'get_tickets'>, 'details' | 'limit'>): Omit<TicketFilter, 'limit'> {
  const named = Object.entries(wanted).filter(([, value]) => value !== undefined)
  // Without the fields that are undefined.
  return Object.fromEntries(named) as Omit<TicketFilter, 'limit'>
}

/** Each with its last message, and with how many the session's user has not read. The connection is told of new ones from now on. */
async function withDetails(tickets: readonly Ticket[], context: Context): Promise<Ticket[]> {
  const shown: Ticket[] = []
  for (let at = 0; at < tickets.length; at += mostEnds)
    shown.push(...(await withEnds(tickets.slice(at, at + mostEnds), context)))
  return shown
}

async function withEnds(
  tickets: readonly Ticket[],
  { session, store, connection, listedRooms }: Context,
): Promise<Ticket[]> {
  const { workspace_id, user_ids } = session
  const keys = tickets.map(({ _id }) => ({ workspace_id, stream: ticketStream(_id) }))
  connection.watchRooms(keys)
  const marked = keys.map(async ({ stream }) => {
    const reader = await store.readers.get(workspace_id, user_ids, stream)
    const mark = { nth: reader?.nth ?? 0, seq: reader?.seq ?? 0, user_ids }
    return { workspace_id, stream, mark, withLast: connection.hearsFacts }
  })
  const asked = await Promise.all(marked)
  const ends = await store.streams.ends(asked)
  for (const [at, key] of keys.entries()) listedRooms.shown(key, ends[at]?.head.seq ?? 0)
  const shown = asked.map(async (one, at) => {
    const { last = null, unread = 0 } = ends[at] ?? {}
    if (!connection.hearsFacts) return unreadTexts(store.streams, one, unread)
    // The store makes the text of a message.
    return { unread, last: last === null ? undefined : (JSON.parse(last) as Message) }
  })
  const all = await Promise.all(shown)
  return tickets.map((ticket, at) => {
    const { unread = 0, last } = all[at] ?? {}
    return { ...ticket, unread, ...(last && { last }) }
  })
}

function withoutMetadata({ metadata: _, ...ticket }: Ticket): Ticket {
  return ticket
}
