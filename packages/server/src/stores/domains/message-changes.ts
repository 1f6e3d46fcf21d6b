import type { Mention } from '@dowellchat/protocol'
import type { ClientMade } from './rows.ts'

/** What is to become of a message. */
export type ChangeContent =
  | {
      readonly change: 'edited'
      readonly message_data: string
      readonly mentions?: Mention[] | undefined
      /** Those of the people whom it mentions for whom that is counted. */
      readonly mentioned?: readonly string[]
    }
  | { readonly change: 'reacted' | 'unreacted'; readonly reaction: string }
  | { readonly change: 'pinned' | 'unpinned' | 'thread_started' }

/** Which message of a stream: the id has to be that of the entry at the seq. */
export interface MessageTarget {
  readonly seq: number
  readonly message_id: string
}

/** A change of a message that somebody asks for. A cid is unique per stream and author, whatever it makes. */
export interface ChangeDraft extends ClientMade {
  readonly target: MessageTarget
  readonly content: ChangeContent
  /** All ids of the one who asks; the first is the one under which they do it. */
  readonly user_ids: readonly string[]
  /** Says that nobody has done it: all of theirs is being erased. */
  readonly isErasing?: boolean
}

/**
 * The message as it is then, as JSON, and the seq of the stream's last entry. `changed` is false where the message was so
 * already, and for a repeated cid. Refused with `not_found` where no message of this id is there, or it is removed.
 */
export type ChangeOutcome =
  | { readonly changed: boolean; readonly text: string; readonly head: number }
  | { readonly refused: 'not_found' | 'forbidden' | 'conflict' | 'limit_reached'; readonly why: string }

/** Which of those who have given a reaction to a message. */
export interface ReactorRange {
  readonly reaction: string
  /** The last id that the asker knows. */
  readonly after?: string
  readonly limit: number
}
