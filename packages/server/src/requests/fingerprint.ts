import { hash } from 'node:crypto'
import type { OutgoingMessage } from '@dowellchat/protocol'

/**
 * A SHA-256 (base64url) over the JSON of a parsed payload, whose keys have the schema's order, without `cid` and
 * `client_created_at`. A repetition has the same fingerprint; another request under the same cid has another one.
 */
export function fingerprint(payload: unknown): string {
  return digest({ ...(payload as object), cid: undefined, client_created_at: undefined })
}

function digest(content: object): string {
  return hash('sha256', JSON.stringify(content), 'base64url')
}

type SentMessage = Omit<OutgoingMessage, 'cid' | 'client_created_at'>

/** Where a message is sent to; one of these. */
interface MessageOwner {
  readonly room_id?: string
  readonly ticket_id?: string
  readonly thread?: string
  readonly notes?: string
}

/** The fingerprint of a message, the same whichever request sends it: that of a `message_event` or `ticket_message_event`. */
export function messageFingerprint(
  { room_id, ticket_id, thread, notes }: MessageOwner,
  { message_data, reply_to, reply_seq, mentions, metadata, attachments }: SentMessage,
): string {
  // Those that are left out are not in the JSON, so that a message from before these fields is the same as it was. Copied
  // with spreads, this takes 12 µs instead of 2, which is 8 % of what a message costs.
  return digest({
    room_id,
    ticket_id,
    thread,
    notes,
    message_data,
    reply_to,
    reply_seq,
    mentions,
    metadata,
    attachments,
  })
}
