import { hasMembers, type Message, type SendResult, ticketStream } from '@dowellchat/protocol'
import { Encoded } from '../../delivery/encoded.ts'
import type { DraftResult, SentResult } from '../../delivery/streams.ts'
import { errorBody, RequestError } from '../../errors.ts'
import { isAnonymous } from '../../identity/anonymous.ts'
import type { MessageDraft, StreamKey } from '../../stores/store.ts'
import { messageFingerprint } from '../fingerprint.ts'
import type { Context } from '../handler.ts'
import { requireTicket } from './access.ts'
import { requireVoice, roomKey } from './room-access.ts'
import { inPace } from './slow-mode.ts'

/** A message as a client sends it. */
export interface TextPayload {
  readonly cid: string
  readonly message_data: string
  readonly reply_to?: string | undefined
  readonly client_created_at?: string | null | undefined
}

/** Sends messages to a room, in their order; answers what became of each. Throws what concerns all of them. */
export async function sendToRoom(
  room: string,
  messages: readonly TextPayload[],
  context: Context,
): Promise<readonly SentResult[]> {
  const { session, streams } = context
  const key = roomKey(session, room)
  const drafts = messages.map((message) => textDraft(message, { room_id: room }, context))
  const hasToWait = hasMembers(room) || session.user_ids.length > 1
  const source = hasToWait ? () => inTheirTurn(room, drafts, context) : drafts
  return noteSent(context, key, await streams.appendAll(key, source, drafts.length))
}

/**
 * Runs when their turn comes: who has been removed or muted by then sends nothing, nor do two of whom one has blocked the
 * other.
 */
async function inTheirTurn(
  room: string,
  drafts: readonly MessageDraft[],
  context: Context,
): Promise<DraftResult[]> {
  const membership = hasMembers(room) ? await requireVoice(context, room) : undefined
  const key = roomKey(context.session, room)
  const sent = await Promise.all(drafts.map((draft) => asFirstSent(draft, key, context)))
  return membership ? inPace(context, membership, key, sent) : sent
}

/** Sends messages to a ticket's conversation, as `sendToRoom` does to a room. A closed ticket takes only repetitions. */
export async function sendToTicket(
  ticketId: string,
  messages: readonly TextPayload[],
  context: Context,
): Promise<readonly SentResult[]> {
  const key = ticketKey(context, ticketId)
  const drafts = async (): Promise<DraftResult[]> => {
    const { _id: ticket_id, product, is_closed } = await requireTicket(context, ticketId)
    const place = async (message: TextPayload): Promise<DraftResult> => {
      const draft = await asFirstSent(textDraft(message, { ticket_id: ticketId }, context), key, context)
      // A repetition is answered with the stored message, even if the ticket has been closed since.
      if (is_closed && !(await context.store.streams.has(key, draft.author, draft.cid)))
        return new RequestError('ticket_closed', `Ticket ${ticket_id} is closed`)
      return { ...draft, ticket_id, product }
    }
    return Promise.all(messages.map(place))
  }
  return noteSent(context, key, await context.streams.appendAll(key, drafts, messages.length))
}

/** Lets lists and marks follow what was sent, behind it. */
export function noteSent(
  { session, roomActivity }: Pick<Context, 'session' | 'roomActivity'>,
  key: StreamKey,
  results: readonly SentResult[],
): readonly SentResult[] {
  const last = results.findLast((one) => !(one instanceof RequestError))
  if (last && !(last instanceof RequestError))
    roomActivity.sent(key, isAnonymous(session) ? null : session.user_ids, last.placed)
  return results
}

export function ticketKey({ session }: Context, ticketId: string): StreamKey {
  return { workspace_id: session.workspace_id, stream: ticketStream(ticketId) }
}

/** The one message that was sent. @throws RequestError why it failed */
export function soleMessage([sent]: readonly SentResult[]): Encoded<Message> {
  if (sent === undefined || sent instanceof RequestError)
    throw sent ?? new RequestError('internal', 'The server made a mistake. Try again.')
  return sent.message
}

/** The answer of `send_messages`: the stored texts as they are, without parsing them again. */
export function encodeResults(results: readonly SentResult[]): Encoded<{ results: SendResult[] }> {
  const texts = results.map((one) =>
    one instanceof RequestError
      ? `{"error":${JSON.stringify(errorBody(one))}}`
      : `{"message":${one.message.text}}`,
  )
  return new Encoded(`{"results":[${texts.join(',')}]}`)
}

/** The message of the guest whom the user was, if that guest has sent it before. Costs nothing those who were none. */
async function asFirstSent(
  draft: MessageDraft,
  key: StreamKey,
  { session, store }: Context,
): Promise<MessageDraft> {
  const guests = session.user_ids.slice(1)
  const sent = await Promise.all(guests.map((id) => store.streams.has(key, id, draft.cid)))
  const author = guests.find((_, at) => sent[at])
  return author === undefined ? draft : { ...draft, author }
}

/** A message by the session's user, under the session's name. */
function textDraft(
  message: TextPayload,
  owner: Parameters<typeof messageFingerprint>[0],
  { session, connection }: Context,
): MessageDraft {
  return {
    kind: 'text',
    cid: message.cid,
    fingerprint: messageFingerprint(owner, message),
    message_data: message.message_data,
    author: session.user_id,
    display_name: session.name,
    reply_to: message.reply_to ?? null,
    client_created_at: message.client_created_at ?? null,
    sid: connection.socketId,
  }
}
