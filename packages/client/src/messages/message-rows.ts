import type { Message } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import type { Outgoing } from './outgoing.ts'

/** A message of the user's own that the server does not have yet, in the shape that it will have. */
export interface UnsentMessage extends Omit<Message, '_id' | 'seq' | 'nth'> {
  readonly _id: null
  readonly seq: null
  readonly nth: null
}

/** A message of the stream. One of the kind `removed` has lost its text, and shows that something was there. */
export interface SentRow {
  /** Unique in the list, and the same from the first time that the message is shown: React's `key`. */
  readonly key: string
  readonly message: Message
  /** `sent` means durable at the server. */
  readonly delivery: 'sent'
  readonly isOwn: boolean
  readonly error: null
  readonly retry: null
  readonly discard: null
}

/** One of the user's own messages that is being sent, waits to be sent, or could not be sent. */
export interface UnsentRow {
  readonly key: string
  readonly message: UnsentMessage
  readonly delivery: 'sending' | 'failed'
  readonly isOwn: true
  /** Why it failed; null otherwise. */
  readonly error: RequestError | null
  /** Sends a failed message again, under the same cid; null where that cannot help. Rejects as `send` does; ignoring it is safe too. */
  readonly retry: (() => Promise<Message>) | null
  /** Takes a message out of the list that has failed or waits to be sent; null while it is on its way. */
  readonly discard: (() => void) | null
}

/** A message as a page shows it. `delivery` tells whether the server has it. */
export type MessageRow = SentRow | UnsentRow

/** Gives the rows of log entries, followed by those of outgoing messages; the same array as before if no row changed. */
export type RowsOf = (entries: readonly Message[], outgoing: readonly Outgoing[]) => readonly MessageRow[]

export interface RowOptions {
  readonly stream: string
  /** The ids under which messages are the user's own; first the one under which the user sends. */
  readonly ownIds: () => readonly string[]
  readonly retry: (cid: string) => Promise<Message>
  readonly discard: (cid: string) => void
}

/**
 * Keeps each row the same object until it changes, so that a new message renders one row.
 */
export function createMessageRows({ stream, ownIds, retry, discard }: RowOptions): RowsOf {
  // Weak, so that a row is dropped when its message leaves the log.
  let known = new WeakMap<Message | Outgoing, MessageRow>()
  /** For whom the known rows say what is their own. */
  let own: readonly string[] = []
  /** Rows of messages that the server has acknowledged, by id: their entries will be other objects. */
  let acknowledged: ReadonlyMap<string, MessageRow> = new Map()
  let rows: readonly MessageRow[] = []

  function rowOf<One extends Message | Outgoing>(one: One, create: (one: One) => MessageRow): MessageRow {
    const row = known.get(one) ?? create(one)
    known.set(one, row)
    return row
  }

  function sentRow(message: Message): MessageRow {
    const isOwn = message.author !== null && own.includes(message.author)
    // What is removed is not as it was acknowledged.
    const before = message.kind === 'removed' ? undefined : acknowledged.get(message._id)
    if (before) return before
    // Only somebody else's message can have the cid of another.
    const key = isOwn ? message.cid : message._id
    return { key, message, delivery: 'sent', isOwn, error: null, retry: null, discard: null }
  }

  function outgoingRow(one: Outgoing): MessageRow {
    const { cid, error, canRetry, canDiscard } = one
    return {
      key: cid,
      message: unsentMessage(one),
      delivery: error ? 'failed' : 'sending',
      isOwn: true,
      error,
      retry: canRetry ? () => retry(cid) : null,
      discard: canDiscard ? () => discard(cid) : null,
    }
  }

  function unsentMessage({ cid, message_data, reply_to, created_at }: Outgoing): UnsentMessage {
    const author = own[0] ?? null
    const content = { type: 'message', kind: 'text', cid, message_data, reply_to, created_at } as const
    const place = { _id: null, seq: null, nth: null, stream, client_created_at: created_at }
    return { ...content, ...place, author, display_name: null }
  }

  return (entries, outgoing) => {
    const ids = ownIds()
    if (ids.join() !== own.join()) known = new WeakMap()
    own = ids
    const next = [
      ...entries.map((entry) => rowOf(entry, sentRow)),
      ...outgoing.map((one) => (one.message ? rowOf(one.message, sentRow) : rowOf(one, outgoingRow))),
    ]
    const messages = outgoing.flatMap(({ message }) => message ?? [])
    acknowledged = new Map(messages.map((message) => [message._id, rowOf(message, sentRow)]))
    if (next.length !== rows.length || next.some((row, at) => row !== rows[at])) rows = next
    return rows
  }
}
