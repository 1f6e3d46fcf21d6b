import { Message } from '@dowellchat/protocol'
import type { MessageDraft, Placed } from './store.ts'

/** A message's JSON as every answer, push and page carries it: parsed once, here, and kept. */
export function messageText(draft: MessageDraft, placed: Placed, stream: string): string {
  // Spelled out: spreading the two makes the parser twice as slow.
  const message: Record<keyof Message, unknown> = {
    _id: placed._id,
    stream,
    seq: placed.seq,
    nth: placed.nth,
    type: 'message',
    kind: draft.kind,
    cid: draft.cid,
    message_data: draft.message_data,
    author: draft.author,
    display_name: draft.display_name,
    reply_to: draft.reply_to,
    created_at: placed.created_at,
    client_created_at: draft.client_created_at,
    ticket_id: draft.ticket_id,
    product: draft.product,
  }
  return JSON.stringify(Message.parse(message))
}
