import type { Message } from '@dowellchat/protocol'
import type { EntryRow } from './fields/streams.ts'
import type { MessageDraft } from './store.ts'

/** A reply that has no place yet. */
export type ReplyDraft = MessageDraft & { readonly reply_seq: number }

/** What has to be known of the message that a reply answers. */
export type AnsweredRow = Pick<EntryRow, '_id' | 'type' | 'text'>

/** Whether a draft has to be looked after, which plain messages need not. */
export function isReply(draft: object): draft is ReplyDraft {
  return 'reply_seq' in draft && draft.reply_seq !== undefined
}

/**
 * A reply as it is appended: it quotes only what is there. Stores ask in the same step, since a quote that was made before its
 * message was removed would outlive it.
 */
export function quoting(draft: ReplyDraft, answered: AnsweredRow | undefined): MessageDraft {
  if (answered && answered.type === null && answered._id === draft.reply_to && isThere(answered)) return draft
  const { quote: _quote, reply_seq: _seq, ...plain } = draft
  return plain
}

function isThere({ text }: AnsweredRow): boolean {
  try {
    // The text is a message's that a store of ours made, unless it is damaged.
    return (JSON.parse(text) as Message).kind !== 'removed'
  } catch {
    return false
  }
}
