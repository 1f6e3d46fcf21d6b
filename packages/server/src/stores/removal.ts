import { type Deletion, type Message, type RemovalReason, removedMessage } from '@dowellchat/protocol'
import type { EntryRow, SparseField } from './fields/streams.ts'
import { encodeMessage } from './message.ts'
import type { Placed } from './store.ts'

/** What a removal needs of an entry. */
export type RemovableRow = Omit<EntryRow, 'type' | 'sid' | SparseField>

/** What a removal changes in an entry's row. */
export type RemovedRow = Pick<
  EntryRow,
  'author' | 'cid' | 'fingerprint' | 'sid' | 'text' | 'original' | 'pinned_seq' | 'mentioned'
>

/**
 * The row of a message after its removal; undefined if there is nothing left to remove. A row without an author takes its
 * id as its cid, since two authors may have used one cid.
 */
export function removedRow(row: RemovableRow, reason: RemovalReason): RemovedRow | undefined {
  const message = messageIn(row)
  const removed = removedMessage(message, reason)
  if (removed === message) return undefined
  const text = encodeMessage(removed)
  const { author, cid, fingerprint, _id } = row
  const gone = { sid: null, text, original: null, pinned_seq: null, mentioned: null }
  if (removed.author !== null) return { author, cid, fingerprint, ...gone }
  return { author: '', cid: _id, fingerprint: '', ...gone }
}

/** The uploads of a message, whose bytes go with it. */
export function uploadsOf({ text }: Pick<EntryRow, 'text'>): string[] {
  // Most messages have none, and the text of a damaged one may be anything.
  if (typeof text !== 'string' || !text.includes('"attachments":[')) return []
  try {
    const { attachments = [] } = JSON.parse(text) as Message
    return attachments.map(({ upload_id }) => upload_id)
  } catch {
    return []
  }
}

/** The entry that tells of a removal. It is in the log under a cid, so that two who complete one removal append it once. */
export function deletionOf(
  stream: string,
  { _id, seq, nth, created_at }: Placed,
  { targets, reason }: Pick<Deletion, 'targets' | 'reason'>,
): Deletion {
  return { _id, stream, seq, nth, type: 'deletion', targets, reason, created_at }
}

/** The message of a row, or what is left of it where its text cannot be read. */
export function messageIn(row: RemovableRow): Message {
  try {
    // The text is a message's that a store of ours made, unless it is damaged.
    return JSON.parse(row.text) as Message
  } catch {
    return unreadable(row)
  }
}

/** What is told in place of a message that is damaged, from what can be read of its row. */
export function damagedMessage(row: RemovableRow): Message {
  return removedMessage(unreadable(row), 'damaged')
}

/** What is left of a message whose text cannot be read. */
function unreadable({ _id, stream, seq, nth, cid, author }: RemovableRow): Message {
  const place = { _id, stream, seq, nth, created_at: new Date(timeOf(_id)).toISOString() }
  const content = { type: 'message', kind: 'text', cid, message_data: '', author } as const
  return { ...place, ...content, display_name: null, reply_to: null, client_created_at: null }
}

/** The time in an id of version 7; 0 for another id. */
export function timeOf(id: string): number {
  const [high = '', low = '', version = ''] = id.split('-')
  return version.startsWith('7') ? Number.parseInt(high + low, 16) || 0 : 0
}
