import type { LiveState } from '../live/live.ts'
import { createSource, type Observable, readOnly } from '../live/observable.ts'
import type { StreamReset } from './entry-log.ts'
import type { MessageRow } from './message-rows.ts'

/** A stream's messages, whether they are loaded (`status`) and whether they are current (`sync`). */
export type StreamState = LiveState<StreamData>

export interface StreamData {
  /**
   * Oldest first. Then come those that others are writing bit by bit, and last the user's own that are not in the stream yet,
   * also while it is loading.
   */
  readonly messages: readonly MessageRow[]
  /** Whether `loadOlder` can bring more: not once `keptMessages.scrolledUp` are shown, unless after a jump. */
  readonly hasOlder: boolean
  /**
   * Whether newer messages than the last one are not shown, after a jump: nor are those that come. `loadNewer` brings them, and
   * `jumpTo('end')` goes back to the newest.
   */
  readonly hasNewer: boolean
  /**
   * The `nth` of the first message that was unread when the conversation was opened, where a divider belongs; null if there
   * was none. It stays while the conversation is retained.
   */
  readonly firstUnread: number | null
  /** How many messages of others the user has not read yet; 0 until that is known. */
  readonly unread: number
  /**
   * Set when the history was replaced, for example by a restored backup: `messages` are then the newest ones that there are
   * now. Another object each time, until the stream is no longer cached; null if it never happened.
   */
  readonly reset: StreamReset | null
}

/** What changes in a stream's state beside its messages. */
export type StreamChanges = Partial<Omit<StreamState, 'messages'>>

/** Rows to show: those of the stream, to whose array others may be added at the end later, and the outgoing ones. */
interface Shown {
  readonly sent: readonly MessageRow[]
  readonly count: number
  readonly unsent: readonly MessageRow[]
}

export interface StreamSource {
  readonly state: Observable<StreamState>
  readonly show: (changes: StreamChanges, sent: readonly MessageRow[], unsent: readonly MessageRow[]) => void
}

const none: readonly MessageRow[] = []
const position = { hasOlder: false, hasNewer: false, firstUnread: null, unread: 0, reset: null } as const
const loading = { status: 'loading', sync: 'offline', ...position, error: null } as const

/**
 * The state of a stream. The array `messages` of a snapshot is made when it is first read: a new message costs those who do
 * not look at the list the same, however long it is.
 */
export function createStreamSource(): StreamSource {
  let fields: Omit<StreamState, 'messages'> = loading
  const source = createSource<StreamState>({ ...loading, messages: none })
  let shown: Shown = { sent: [], count: 0, unsent: [] }
  let list: () => readonly MessageRow[] = () => none

  return {
    state: readOnly(source),
    show(changes, sent, unsent) {
      const now: Shown = { sent, count: sent.length, unsent }
      const isSame = isSameRows(shown, now)
      shown = now
      if (!isSame) list = listOf(now)
      const keys = Object.keys(changes) as (keyof StreamChanges)[]
      if (isSame && keys.every((key) => Object.is(changes[key], fields[key]))) return
      fields = { ...fields, ...changes }
      const messages = list
      const next = {
        ...fields,
        get messages() {
          return messages()
        },
      }
      // The callers give an error exactly where the status has one.
      source.set(next as StreamState)
    },
  }
}

/** Makes the array once. What is added to `sent` later is not in it. */
function listOf({ sent, count, unsent }: Shown): () => readonly MessageRow[] {
  let made: readonly MessageRow[] | undefined
  return () => {
    made ??=
      unsent.length === 0 && count === sent.length ? sent.slice() : [...sent.slice(0, count), ...unsent]
    return made
  }
}

/** Compares the ends alone: what is before them has not changed in the same array. */
function isSameRows(was: Shown, now: Shown): boolean {
  const length = was.count + was.unsent.length
  if (length !== now.count + now.unsent.length) return false
  if (length === 0) return true
  if (was.sent !== now.sent) return false
  for (let at = Math.min(was.count, now.count); at < length; at++)
    if (rowAt(was, at) !== rowAt(now, at)) return false
  return true
}

function rowAt({ sent, count, unsent }: Shown, at: number): MessageRow | undefined {
  return at < count ? sent[at] : unsent[at - count]
}
