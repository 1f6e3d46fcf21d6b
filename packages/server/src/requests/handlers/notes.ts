import { notesStream, type OutgoingMessage, type PayloadOf } from '@dowellchat/protocol'
import type { SentResult } from '../../delivery/streams.ts'
import type { StreamKey } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { requireTicket, ticketNotFound } from './access.ts'
import { attaching } from './attaching.ts'
import { outgoing, placing } from './drafting.ts'
import { noteSent } from './sending.ts'

/** Throws unless the session may read and write the notes of a ticket: agents and admins may, whether it is closed or not. */
export async function requireNotes(context: Context, ticketId: string): Promise<void> {
  if (context.right !== 'all') throw ticketNotFound(ticketId)
  await requireTicket(context, ticketId)
}

/** Subscribes to a ticket's notes. */
export async function joinNotes({ ticket_id, position, limit }: PayloadOf<'join_notes'>, context: Context) {
  const authorise = () => requireNotes(context, ticket_id)
  const key = notesKey(context, ticket_id)
  const { page } = await context.streams.join(key, context.connection, { position, limit }, authorise)
  return page
}

export async function leaveNotes({ ticket_id }: PayloadOf<'leave_notes'>, context: Context) {
  await context.streams.leave(notesKey(context, ticket_id), context.connection)
  return { ticket_id }
}

/** Sends messages to a ticket's notes, as `sendToTicket` does to its conversation. A closed ticket takes them too. */
export async function sendToNotes(
  ticketId: string,
  messages: readonly OutgoingMessage[],
  context: Context,
): Promise<readonly SentResult[]> {
  const key = notesKey(context, ticketId)
  const all = messages.map((message) => outgoing(message, { notes: ticketId }, context))
  const drafts = async () => {
    await requireNotes(context, ticketId)
    const placed = await Promise.all(all.map((one) => placing(one, { key }, context)))
    return attaching(all, key, placed, context)
  }
  return noteSent(context, key, await context.streams.appendAll(key, drafts, all.length))
}

function notesKey({ session }: Context, ticketId: string): StreamKey {
  return { workspace_id: session.workspace_id, stream: notesStream(ticketId) }
}
