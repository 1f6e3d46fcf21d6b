import {
  hasMembers,
  type Message,
  type OutgoingMessage,
  type SendResult,
  streamOwner,
  type Ticket,
  ticketStream,
} from '@dowellchat/protocol'
import { Encoded } from '../../delivery/encoded.ts'
import type { DraftResult, SentResult } from '../../delivery/streams.ts'
import { errorBody, RequestError } from '../../errors.ts'
import { isAnonymous } from '../../identity/anonymous.ts'
import type { StreamKey, ThreadRow } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { requireTicket, ticketClosed } from './access.ts'
import { attaching } from './attaching.ts'
import { type Destination, isPlain, type Outgoing, outgoing, placing } from './drafting.ts'
import { inMembersTurn } from './members-turn.ts'
import { roomKey } from './room-access.ts'
import { requireThread, threadKey } from './thread-access.ts'
import { afterMessages, mayReply } from './ticket-replies.ts'

/** Sends messages to a room, in their order; answers what became of each. Throws what concerns all of them. */
export async function sendToRoom(
  room: string,
  messages: readonly OutgoingMessage[],
  context: Context,
): Promise<readonly SentResult[]> {
  const { session, streams } = context
  const key = roomKey(session, room)
  const all = messages.map((message) => outgoing(message, { room_id: room }, context))
  const isAsked = context.askBefore !== undefined
  const hasToWait = hasMembers(room) || session.user_ids.length > 1 || isAsked || !all.every(isPlain)
  const source = hasToWait ? () => inTheirTurn(room, all, context) : all.map(({ draft }) => draft)
  return noteSent(context, key, await streams.appendAll(key, source, all.length))
}

/**
 * Runs when their turn comes: who has been removed or muted by then sends nothing, nor do two of whom one has blocked the
 * other.
 */
async function inTheirTurn(room: string, all: readonly Outgoing[], context: Context): Promise<DraftResult[]> {
  const key = roomKey(context.session, room)
  const place = () => placeAll(all, { key }, context)
  const drafts = await (hasMembers(room) ? inMembersTurn(room, { key, all, place }, context) : place())
  return attaching(all, key, drafts, context)
}

/**
 * Sends messages to a ticket's conversation, as `sendToRoom` does to a room. A closed ticket takes only repetitions, and what opens it
 * again.
 */
export async function sendToTicket(
  ticketId: string,
  messages: readonly OutgoingMessage[],
  context: Context,
): Promise<readonly SentResult[]> {
  const key = ticketKey(context, ticketId)
  const all = messages.map((message) => outgoing(message, { ticket_id: ticketId }, context))
  let ticket: Ticket | undefined
  const drafts = async (): Promise<DraftResult[]> => {
    ticket = await requireTicket(context, ticketId)
    const { _id: ticket_id, product, is_closed } = ticket
    const closed = is_closed && !mayReply(ticket, context) && { closed: ticketClosed(ticket_id) }
    const placed = await placeAll(all, { key, fields: { ticket_id, product }, ...closed }, context)
    return attaching(all, key, placed, context)
  }
  const sent = noteSent(context, key, await context.streams.appendAll(key, drafts, all.length))
  // V2's pages show only what they hear, and the broadcast waits for nothing that comes behind.
  if (!context.connection.provesUsers && sent.some((one) => !(one instanceof RequestError))) {
    refusalOf(() => context.connection.subscribe(key))
    if (ticket) context.waitingTimes.follows(key.workspace_id, ticket)
  }
  if (ticket) await afterMessages(ticket, sent, context)
  return sent
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

/** Sends messages to a thread: who may write to the stream of its message may write there. */
export async function sendToThread(
  thread: string,
  messages: readonly OutgoingMessage[],
  context: Context,
): Promise<readonly SentResult[]> {
  const { session, streams, threads } = context
  const all = messages.map((message) => outgoing(message, { thread }, context))
  let row: ThreadRow | undefined
  const drafts = async (): Promise<DraftResult[]> => {
    row = await requireThread(context, thread)
    return draftsInThread(row, all, context)
  }
  const key = threadKey(context, thread)
  const sent = await streams.appendAll(key, drafts, all.length)
  const isNew = sent.some((one) => !(one instanceof RequestError) && one.created)
  if (row && isNew) threads.grew(session.workspace_id, row)
  return noteSent(context, key, sent)
}

/** The server's own rules are asked about each, as about a message to the room or ticket. */
async function draftsInThread(
  { _id, parent }: ThreadRow,
  all: readonly Outgoing[],
  context: Context,
): Promise<DraftResult[]> {
  const key = threadKey(context, _id)
  const { kind, id } = streamOwner(parent)
  const ofTicket = kind === 'ticket'
  const refusals = all.map(({ payload }) =>
    refusalOf(() =>
      ofTicket
        ? context.expectAuthorized('ticket_message_event', { ticket_id: id, ...payload })
        : context.expectAuthorized('message_event', { room_id: id, ...payload }),
    ),
  )
  const closed = ofTicket && (await requireTicket(context, id)).is_closed && { closed: ticketClosed(id) }
  const place = () =>
    Promise.all(all.map((one, at) => refusals[at] ?? placing(one, { key, ...closed }, context)))
  const hasVoices = !ofTicket && hasMembers(id)
  const drafts = await (hasVoices ? inMembersTurn(id, { key, all, place }, context) : place())
  return attaching(all, key, drafts, context)
}

/** What a check refuses; undefined if it lets pass. */
export function refusalOf(check: () => void): RequestError | undefined {
  try {
    check()
  } catch (error) {
    if (error instanceof RequestError) return error
    throw error
  }
  return undefined
}

function placeAll(all: readonly Outgoing[], to: Destination, context: Context): Promise<DraftResult[]> {
  return Promise.all(all.map((one) => placing(one, to, context)))
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
