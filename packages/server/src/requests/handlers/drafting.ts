import { type Message, type OutgoingMessage, quoteOf } from '@dowellchat/protocol'
import type { DraftResult } from '../../delivery/streams.ts'
import { RequestError } from '../../errors.ts'
import type { MessageDraft, StreamKey } from '../../stores/store.ts'
import { messageFingerprint } from '../fingerprint.ts'
import type { Context } from '../handler.ts'
import { allowedDraft } from './asking.ts'
import { expectDistinctFiles } from './attaching.ts'
import { countedMentions, expectMentions } from './mentioning.ts'

/** A message as a client sends it, and the draft of it. */
export interface Outgoing {
  readonly payload: OutgoingMessage
  readonly draft: MessageDraft
}

/** Where messages go to, once their turn has come. */
export interface Destination {
  readonly key: StreamKey
  /** What each message has of it. */
  readonly fields?: Pick<MessageDraft, 'ticket_id' | 'product'>
  /** Why it takes only repetitions. */
  readonly closed?: RequestError
}

/** Throws `invalid_payload` where what a message says does not fit together, or its metadata the team's schema. */
export function expectContent(
  { message_data, mentions, metadata, attachments }: OutgoingMessage,
  { expectMetadata }: Context,
): void {
  expectMentions(message_data, mentions)
  expectDistinctFiles(attachments)
  expectMetadata('messageMetadata', metadata)
}

/** A message by the session's user, under the session's name. */
export function outgoing(
  payload: OutgoingMessage,
  owner: Parameters<typeof messageFingerprint>[0],
  { session, connection }: Context,
): Outgoing {
  const { cid, message_data, mentions, metadata } = payload
  const draft: MessageDraft = {
    kind: 'text',
    cid,
    fingerprint: messageFingerprint(owner, payload),
    message_data,
    author: session.user_id,
    display_name: session.name,
    reply_to: payload.reply_to ?? null,
    client_created_at: payload.client_created_at ?? null,
    sid: connection.socketId,
    ...(mentions && mentions.length > 0 && { mentions }),
    ...(metadata && { metadata }),
  }
  return { payload, draft }
}

/** Whether nothing has to be looked up for a message. */
export function isPlain({ payload: { reply_to, mentions = [], attachments } }: Outgoing): boolean {
  return reply_to === undefined && mentions.length === 0 && attachments === undefined
}

/**
 * The draft as it is appended, now that its turn has come. A repetition is answered with the stored message, whatever has
 * become of the ticket or of the message that it answers.
 */
export async function placing(one: Outgoing, to: Destination, context: Context): Promise<DraftResult> {
  const first = await asFirstSent(one.draft, to.key, context)
  const draft = { ...first, ...to.fields }
  if (isPlain(one) && !to.closed && !context.askBefore) return draft
  const isRepeated = () => context.store.streams.has(to.key, draft.author, draft.cid)
  if (to.closed && !(await isRepeated())) return to.closed
  const answered = await answeredBy(one, to.key, context)
  if (answered instanceof RequestError) return (await isRepeated()) ? draft : answered
  const allowed = await allowedDraft({ ...one, draft }, to.key, isRepeated, context)
  if (allowed instanceof RequestError) return allowed
  const mentioned = await countedMentions(context, to.key.stream, allowed.mentions)
  return {
    ...allowed,
    ...(answered && { reply_seq: answered.seq, quote: quoteOf(answered) }),
    ...(mentioned.length > 0 && { mentioned }),
  }
}

/** The message that one answers: undefined for none, `not_found` where it does not exist or is removed. */
async function answeredBy(
  { payload: { reply_to: id, reply_seq: seq } }: Outgoing,
  key: StreamKey,
  { store, connection }: Context,
): Promise<Message | RequestError | undefined> {
  if (id === undefined) return undefined
  const at = seq ?? (await store.streams.seqOf(key, id))
  const text = at === null ? null : await store.streams.message(key, at)
  // The text is a message's that the store has made.
  const found = text === null ? undefined : (JSON.parse(text) as Message)
  if (found?._id === id && found.kind !== 'removed') return found
  // V2's pages may say anything.
  return connection.checksReplies
    ? new RequestError('not_found', `reply_to: message ${id} does not exist`)
    : undefined
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
