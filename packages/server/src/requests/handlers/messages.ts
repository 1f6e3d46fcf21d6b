import { hasMembers, type MessageRequests } from '@dowellchat/protocol'
import type { MessageDraft, StreamKey } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { expectNotBlocked, requireMembership, roomKey } from './room-access.ts'

export const messageHandlers: Handlers<MessageRequests> = {
  async message_event(payload, context) {
    const key = roomKey(context.session, payload.room_id)
    const draft = textDraft(payload, context)
    const hasToWait = hasMembers(payload.room_id) || context.session.user_ids.length > 1
    const { message } = await context.streams.append(
      key,
      hasToWait ? () => inItsTurn(payload.room_id, draft, context) : draft,
    )
    return message
  },
}

/** Runs when the message's turn comes: who has been removed by then sends nothing, nor do two of whom one has blocked the other. */
async function inItsTurn(room: string, draft: MessageDraft, context: Context): Promise<MessageDraft> {
  if (hasMembers(room)) {
    const { peers } = await requireMembership(context, room)
    await expectNotBlocked(context, peers)
  }
  return asFirstSent(draft, roomKey(context.session, room), context)
}

/** The message of the guest whom the user was, if that guest has sent it before. Costs nothing those who were none. */
export async function asFirstSent(
  draft: MessageDraft,
  key: StreamKey,
  { session, store }: Context,
): Promise<MessageDraft> {
  const guests = session.user_ids.slice(1)
  const sent = await Promise.all(guests.map((id) => store.streams.has(key, id, draft.cid)))
  const author = guests.find((_, at) => sent[at])
  return author === undefined ? draft : { ...draft, author }
}

interface TextPayload {
  readonly cid: string
  readonly message_data: string
  readonly reply_to?: string | undefined
  readonly client_created_at?: string | null | undefined
}

/** A message by the session's user, under the session's name. */
export function textDraft(payload: TextPayload, { session, connection, fingerprint }: Context): MessageDraft {
  return {
    kind: 'text',
    cid: payload.cid,
    fingerprint,
    message_data: payload.message_data,
    author: session.user_id,
    display_name: session.name,
    reply_to: payload.reply_to ?? null,
    client_created_at: payload.client_created_at ?? null,
    sid: connection.socketId,
  }
}
