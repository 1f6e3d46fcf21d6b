import type { Message, RemovalReason } from '../messages.ts'

/** How much of a message each reason removes: a reason replaces those before it. */
const ranks: { readonly [R in RemovalReason]: number } = { deleted: 1, damaged: 2, erased: 3 }

/**
 * What a message becomes when it is removed: it keeps its place and loses its text, and its author too unless it is just
 * `deleted`. The same message if as much of it was removed before.
 */
export function removedMessage(message: Message, reason: RemovalReason): Message {
  if (message.kind === 'removed' && ranks[message.reason ?? 'deleted'] >= ranks[reason]) return message
  const removed: Message = { ...message, kind: 'removed', message_data: '', reason }
  return reason === 'deleted'
    ? removed
    : { ...removed, author: null, display_name: null, client_created_at: null }
}
