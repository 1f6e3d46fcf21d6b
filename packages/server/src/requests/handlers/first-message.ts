import type { Message, PayloadOf, Ticket } from '@dowellchat/protocol'
import { type FirstMessage, sendFirst } from '../../delivery/first-messages.ts'
import { RequestError } from '../../errors.ts'
import { toAttachment } from '../../stores/fields/uploads.ts'
import type { UploadRow } from '../../stores/store.ts'
import type { Question } from '../before-message.ts'
import type { Context } from '../handler.ts'
import { expectDistinctFiles } from './attaching.ts'
import { noFiles, uploadNotFound } from './attachments.ts'

/** The stream that rules are told of a message whose ticket is not opened yet. */
const newTicket = 'ticket:new'

type Opening = Pick<PayloadOf<'create_ticket'>, 'message_data' | 'attachments' | 'cid'>

/**
 * The first message of a ticket that is to be opened, for `tickets.create`; undefined where there is none. Rules are asked before: a ticket
 * whose message they refuse is not opened.
 * @throws RequestError where the message may not be sent
 */
export async function firstText(
  { message_data = '', attachments, cid }: Opening,
  context: Context,
): Promise<string | undefined> {
  if (message_data === '' && !attachments) return undefined
  expectDistinctFiles(attachments)
  const upload_ids = attachments?.map(({ upload_id }) => upload_id)
  const files = await requireFinished(upload_ids ?? [], context)
  const { session, connection } = context
  const allowed = await allowedFirst({ message_data, cid, files }, context)
  const { user_id: author, name: display_name } = session
  const first: FirstMessage = {
    ...allowed,
    ...(upload_ids && { upload_ids }),
    ...{ author, display_name, sid: connection.socketId, user_ids: session.user_ids },
  }
  return JSON.stringify(first)
}

/** Whether the session's user has opened a ticket with this cid before. */
export function isOpened(cid: string, { session, store }: Context): Promise<boolean> {
  return store.tickets.has(session.workspace_id, session.user_ids, cid)
}

/** Appends a ticket's first message, once the ticket is there. Of a repeated request too: the first try may have ended before. */
export function sendFirstMessage(ticket: Ticket, context: Context): Promise<void> {
  return sendFirst(context, context.session.workspace_id, ticket)
}

/** Uploads that the session's user may name. One that a message has already may be this one's, of a first try. */
async function requireFinished(
  ids: readonly string[],
  { session, store, files }: Context,
): Promise<UploadRow[]> {
  if (ids.length > 0 && !files) throw noFiles()
  const rows = await Promise.all(ids.map((id) => store.uploads.get(session.workspace_id, id)))
  return ids.map((id, at) => {
    const row = rows[at]
    const isThere = row && session.user_ids.includes(row.user_id) && !['gone', 'swept'].includes(row.state)
    if (!isThere) throw uploadNotFound(id)
    if (row.state === 'created') throw new RequestError('conflict', `Upload ${id} is not finished`)
    return row
  })
}

interface Offered {
  readonly message_data: string
  readonly cid: string
  readonly files: readonly UploadRow[]
}

/** The message as the team's own rules allow it. A ticket that is there has its own, about which they are not asked again. */
async function allowedFirst(
  { message_data, cid, files }: Offered,
  context: Context,
): Promise<Pick<FirstMessage, 'message_data' | 'mentions' | 'metadata'>> {
  const { session, askBefore, fingerprint } = context
  if (!askBefore || (await isOpened(cid, context))) return { message_data }
  const { workspace_id, user_id } = session
  const nothing = { mentions: [], metadata: null, reply_to: null, edits: null }
  const attachments = files.map(toAttachment)
  const message = { workspace_id, stream: newTicket, cid, message_data, attachments, ...nothing }
  const name = [workspace_id, newTicket, user_id, cid, fingerprint].join('\n')
  const question: Question = { name, message, session }
  const allowed = await askBefore(question)
  if (allowed instanceof RequestError) {
    // Its first try, which they have let pass, may have made the ticket while they were asked again.
    if (await isOpened(cid, context)) return { message_data }
    throw allowed
  }
  const { mentions, metadata } = allowed
  return {
    message_data: allowed.message_data,
    ...(mentions && { mentions: mentions as Message['mentions'] }),
    ...(metadata && { metadata }),
  }
}
