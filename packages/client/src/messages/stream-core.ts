import type { Observable } from '../live/observable.ts'
import type { Wire } from '../requests/wire.ts'
import type { EntryLog } from './entry-log.ts'
import type { KeptMessages } from './kept-messages.ts'
import type { MessageRows, SentRow } from './message-rows.ts'
import type { Lane } from './outbox-lane.ts'
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
