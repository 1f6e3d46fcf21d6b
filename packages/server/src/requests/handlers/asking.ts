import type { Attachment, Message, OutgoingMessage, PayloadOf } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import { toAttachment } from '../../stores/fields/uploads.ts'
import type { ChangeContent, MessageDraft, StreamKey } from '../../stores/store.ts'
import type { Question } from '../before-message.ts'
import type { Context } from '../handler.ts'
import type { OfferedMessage } from '../verdicts.ts'
import { isRepeated } from './access.ts'
import { countedMentions } from './mentioning.ts'
import { rightsIn } from './stream-rights.ts'

/** A draft as the team's own rules allow it, or why they do not. What is stored already is not asked about again. */
export async function allowedDraft(
  { draft, payload }: { readonly draft: MessageDraft; readonly payload: OutgoingMessage },
  key: StreamKey,
  isRepeated: () => Promise<boolean>,
  context: Context,
): Promise<MessageDraft | RequestError> {
  if (!context.askBefore || (await isRepeated())) return draft
  const { cid, message_data, mentions = [], metadata = null, reply_to } = draft
  const attachments = await filesOf(payload, context)
  const message = { ...key, cid, message_data, mentions, metadata, attachments, reply_to, edits: null }
  const allowed = await context.askBefore(questionOf(message, draft.fingerprint, context))
  if (allowed instanceof RequestError) return allowed
  const { mentions: _, metadata: _metadata, ...rest } = draft
  return {
    ...rest,
    message_data: allowed.message_data,
    ...(allowed.mentions && allowed.mentions.length > 0 && { mentions: allowed.mentions }),
    ...(allowed.metadata && { metadata: allowed.metadata }),
  }
}

/** The files that a message will have, if it may name them; they become its own once it is allowed. */
async function filesOf(
  { attachments = [] }: OutgoingMessage,
  { store, session }: Context,
): Promise<Attachment[]> {
  const rows = await Promise.all(
    attachments.map(({ upload_id }) => store.uploads.get(session.workspace_id, upload_id)),
  )
  return rows.flatMap((row) => (row && session.user_ids.includes(row.user_id) ? toAttachment(row) : []))
}

type Edit = Omit<PayloadOf<'edit_message'>, 'client_created_at'>
type Edited = Extract<ChangeContent, { readonly change: 'edited' }>

/** What an edit makes of its message. */
async function editOf(
  { stream, message_data, mentions }: Pick<Edit, 'stream' | 'message_data' | 'mentions'>,
  context: Context,
): Promise<Edited> {
  const mentioned = await countedMentions(context, stream, mentions)
  return { change: 'edited', message_data, mentions, mentioned }
}

/**
 * What an edit makes of its message, as the team's own rules allow it, if there are any. They are asked while earlier changes have their turn, so that
 * slow answers do not add up; about who may not edit it, and about repetitions, they are not asked.
 */
export function allowedEdit(edit: Edit, context: Context): Promise<Edited> {
  const allowed = askAboutEdit(edit, context)
  // Whoever is refused before the change's turn never waits for it.
  allowed.catch(() => undefined)
  return allowed
}

async function askAboutEdit(edit: Edit, context: Context): Promise<Edited> {
  const { session } = context
  const key = { workspace_id: session.workspace_id, stream: edit.stream }
  const message = context.askBefore && (await messageToEdit(edit, key, context))
  if (!context.askBefore || !message) return editOf(edit, context)
  const { cid, message_data, mentions = [], message_id: edits } = edit
  const { metadata = null, attachments = [], reply_to } = message
  const offered = { ...key, cid, message_data, mentions, metadata, attachments, reply_to, edits }
  const allowed = await context.askBefore(questionOf(offered, context.fingerprint, context))
  if (allowed instanceof RequestError) throw allowed
  return editOf({ ...allowed, stream: edit.stream }, context)
}

/** Undefined where the store refuses the edit, or has it already. */
async function messageToEdit(
  { stream, seq, message_id, cid }: Edit,
  key: StreamKey,
  context: Context,
): Promise<Message | undefined> {
  const { store, session } = context
  if (await isRepeated(key, cid, context)) return undefined
  await rightsIn(stream, 'writing', context)
  // The text is a message's that a store of ours made.
  const message = JSON.parse((await store.streams.message(key, seq)) ?? 'null') as Message | null
  const isOwn = message?._id === message_id && session.user_ids.includes(message.author ?? '')
  return isOwn && message.kind === 'text' ? message : undefined
}

function questionOf(message: OfferedMessage, fingerprint: string, { session }: Context): Question {
  const { workspace_id, stream, cid } = message
  return { name: [workspace_id, stream, session.user_id, cid, fingerprint].join('\n'), message, session }
}
