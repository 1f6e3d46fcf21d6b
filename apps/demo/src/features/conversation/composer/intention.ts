import type { SentRow } from '@dowellchat/client'

/** What a text is for: a message of its own, an answer, or another text for a message. */
export interface Intention {
  readonly kind: 'reply' | 'edit'
  readonly row: SentRow
}
