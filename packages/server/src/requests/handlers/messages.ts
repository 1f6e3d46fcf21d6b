import { hasMembers, type MessageRequests } from '@dowellchat/protocol'
import type { MessageDraft } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { expectNotBlocked, requireMembership, roomKey } from './room-access.ts'

export const messageHandlers: Handlers<MessageRequests> = {
  async message_event(payload, context) {
    const key = roomKey(context.session, payload.room_id)
    const draft = textDraft(payload, context)
    const { message } = await context.streams.append(
      key,
      hasMembers(payload.room_id) ? () => fromMember(payload.room_id, draft, context) : draft,
    )
    return message
  },
}

/** Runs when the message's turn comes: who has been removed by then sends nothing, nor do two of whom one has blocked the other. */
async function fromMember(room: string, draft: MessageDraft, context: Context): Promise<MessageDraft> {
  const { peers } = await requireMembership(context, room)
  await expectNotBlocked(context, peers)
  return draft
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
