import type { Message, RemovalReason } from '../messages.ts'

/** How much of a message each reason removes: a reason replaces those before it. A later version may know more of them. */
const ranks: { readonly [R in RemovalReason]: number } & { readonly [reason: string]: number | undefined } = {
  deleted: 1,
  damaged: 2,
  erased: 3,
}

type Removable = Pick<Message, 'message_data' | 'author' | 'display_name' | 'client_created_at'> & {
  readonly kind: string
  readonly reason?: string | undefined
}

/** What has been said of it, and what it said beside its text. Its thread stays. */
const nothing = {
  mentions: undefined,
  metadata: undefined,
  attachments: undefined,
  fact: undefined,
  quote: undefined,
  edited_at: undefined,
  reactions: undefined,
  pinned_at: undefined,
  pinned_by: undefined,
}

/**
 * What a message becomes when it is removed: it keeps its place and loses its text, and its author too unless it is just
 * `deleted`. The same message if as much of it was removed before.
 */
export function removedMessage<M extends Removable>(message: M, reason: string): M {
  if (message.kind === 'removed' && rankOf(message.reason) >= rankOf(reason)) return message
  const removed = { ...message, ...nothing, kind: 'removed', message_data: '', reason }
  return reason === 'deleted'
    ? removed
    : { ...removed, author: null, display_name: null, client_created_at: null }
}

function rankOf(reason = 'deleted'): number {
  return ranks[reason] ?? ranks.deleted
}
