import type { Message } from '@dowellchat/protocol'
import type { MessageDraft, Placed } from './store.ts'

/**
 * The message that a draft becomes by its place. Not parsed again: the draft's fields come out of a parsed payload, the
 * others from the store, and spelled out none can slip in. (Spreading the draft takes a hundred times as long.)
 */
export function messageOf(draft: MessageDraft, placed: Placed, stream: string): Message {
  return {
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
}
