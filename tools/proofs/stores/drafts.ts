import { randomUUID } from 'node:crypto'
import type { MessageDraft, NewTicket, StreamKey } from '../../../packages/server/src/stores/store.ts'
import { makeCid } from '../bench/ids.ts'

export const workspace = 'shop'
const text =
  'The quick brown fox jumps over the lazy dog, then does it again to reach a hundred letters or so'

export function roomKey(room: string): StreamKey {
  return { workspace_id: workspace, stream: `room:${room}` }
}

/** A message of a hundred letters. */
export function makeDraft(author: string): MessageDraft {
  return {
    cid: makeCid(),
    fingerprint: 'a fingerprint of as many letters as one has',
    kind: 'text',
    message_data: text,
    author,
    display_name: author,
    reply_to: null,
    client_created_at: null,
    sid: 'a socket id of 20 ch',
  }
}

export function makeTicket(user_id: string, product: string): NewTicket {
  const made = { cid: randomUUID(), fingerprint: 'as sent', client_created_at: null }
  return { workspace_id: workspace, user_id, display_name: null, product, ...made }
}
