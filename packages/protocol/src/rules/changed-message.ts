import type { MessageChange } from '../message-changes.ts'
import type { Message, Reaction } from '../messages.ts'

/** A later server may know more kinds of messages, and more reasons. */
type Changeable = Omit<Message, 'kind' | 'reason'> & {
  readonly kind: string
  readonly reason?: string | undefined
}

/** A later server may know more kinds of changes. */
type Change = Pick<MessageChange, 'seq' | 'by' | 'created_at' | 'message_data' | 'mentions' | 'reaction'> & {
  readonly change: string
}

/**
 * What a message becomes by a change: the servers keep it, and clients show it. The same message if it has seen the change
 * already, which its `version` says, or if it is removed.
 */
export function changedMessage<M extends Changeable>(message: M, change: Change): M {
  if (message.kind === 'removed' || (message.version ?? 0) >= change.seq) return message
  return { ...message, ...changes(message, change), version: change.seq }
}

function changes(message: Changeable, change: Change): Partial<Message> {
  const { by, created_at } = change
  switch (change.change) {
    case 'edited':
      return { message_data: change.message_data ?? '', mentions: change.mentions, edited_at: created_at }
    case 'reacted':
    case 'unreacted':
      return change.reaction ? { reactions: withReaction(message.reactions ?? [], change.reaction) } : {}
    case 'pinned':
      return { pinned_at: created_at, pinned_by: by ?? undefined }
    case 'unpinned':
      return { pinned_at: undefined, pinned_by: undefined }
    case 'thread_started':
      return { has_thread: true }
    default:
      return {}
  }
}

/** A reaction keeps its place among the others; one that nobody has any more loses it. */
function withReaction(reactions: readonly Reaction[], reaction: Reaction): Reaction[] | undefined {
  const isNew = reactions.every((one) => one.reaction !== reaction.reaction)
  const all = isNew
    ? [...reactions, reaction]
    : reactions.map((one) => (one.reaction === reaction.reaction ? reaction : one))
  const left = all.filter(({ count }) => count > 0)
  return left.length > 0 ? left : undefined
}
