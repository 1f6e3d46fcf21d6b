import type { Observable } from '../live/observable.ts'
import type { Wire } from '../requests/wire.ts'
import type { EntryLog } from './entry-log.ts'
import type { KeptMessages } from './kept-messages.ts'
import type { Lane } from './lane.ts'
import type { Drafting, MessageActions, Reading } from './live-stream.ts'
import type { DraftRow, MessageRows, SentRow } from './message-rows.ts'
import type { StreamChanges, StreamState } from './stream-state.ts'

/** What a stream shares with the part of it that is loaded later. */
export interface StreamCore {
  readonly stream: string
  readonly wire: Wire
  readonly log: EntryLog<SentRow>
  readonly rows: MessageRows
  readonly lane: Lane
  readonly bounds: Required<KeptMessages>
  readonly state: Observable<StreamState>
  /** Shows what the log and the outbox have now, and these changes. */
  readonly show: (changes?: StreamChanges) => void
  /** Whether somebody holds the stream. */
  readonly isOpen: () => boolean
  /** Joins the stream again, if somebody holds it. */
  readonly joinAgain: () => void
}

/** What of a stream is not needed for its first messages: it is loaded once they are there, or when it is first used. */
export interface LaterPart extends MessageActions, Reading, Drafting {
  /** The stream has become current. */
  readonly onLive: () => void
  /** Nobody holds the stream any more. */
  readonly onClose: () => void
  /** The user has written something. */
  readonly onSend: () => void
  /** What it adds to the state, after the messages have changed. */
  readonly changes: () => Pick<StreamState, 'firstUnread' | 'unread' | 'hasOlder'>
  /** What others are writing. */
  readonly drafts: () => readonly DraftRow[]
  /** How many of the newest messages are kept. */
  readonly most: () => number
}
