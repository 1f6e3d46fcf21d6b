import {
  type MessageRequests,
  type OutgoingMessage,
  type StreamKind,
  streamOwner,
} from '@dowellchat/protocol'
import type { SentResult } from '../../delivery/streams.ts'
import { RequestError } from '../../errors.ts'
import type { Context, Handlers } from '../handler.ts'
import { expectContent } from './drafting.ts'
import { sendToNotes } from './notes.ts'
import { encodeResults, refusalOf, sendToRoom, sendToThread, sendToTicket, soleMessage } from './sending.ts'

export const messageHandlers: Handlers<MessageRequests> = {
  async message_event({ room_id, ...message }, context) {
    expectContent(message, context)
    return soleMessage(await sendToRoom(room_id, [message], context))
  },

  async send_messages({ stream, messages }, context) {
    const { kind, id } = streamOwner(stream)
    if (kind === null) throw new RequestError('not_found', `${stream} does not exist`)
    const { refuse, send } = ways[kind]
    const check = (message: OutgoingMessage) => {
      refuse(id, message, context)
      expectContent(message, context)
    }
    const refusals = messages.map((message) => refusalOf(() => check(message)))
    const allowed = messages.filter((_, at) => !refusals[at])
    const sent = allowed.length > 0 ? [...(await send(id, allowed, context))] : []
    // One result for each message that was sent.
    return encodeResults(refusals.map((refusal) => refusal ?? (sent.shift() as SentResult)))
  },
}

interface Way {
  /** Throws if the server's own rules refuse the message. */
  refuse(id: string, message: OutgoingMessage, context: Context): void
  send(id: string, messages: readonly OutgoingMessage[], context: Context): Promise<readonly SentResult[]>
}

/** How messages are sent to a kind of stream. */
const ways: { readonly [K in StreamKind]: Way } = {
  room: {
    refuse: (room_id, message, context) => context.expectAuthorized('message_event', { room_id, ...message }),
    send: sendToRoom,
  },
  ticket: {
    refuse: (ticket_id, message, context) =>
      context.expectAuthorized('ticket_message_event', { ticket_id, ...message }),
    send: sendToTicket,
  },
  // What its messages are refused for is known only once its room or ticket is.
  thread: { refuse: () => {}, send: sendToThread },
  // `authorize` is asked about what customers see.
  notes: { refuse: () => {}, send: sendToNotes },
}
