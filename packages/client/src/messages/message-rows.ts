import type { Message } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import type { Outgoing } from './outbox.ts'

/**
 * A message as a page shows it: one from the stream, or one of the user's own that is being sent. One of the kind `removed`
 * has lost its text, and shows that something was there.
 */
export interface MessageRow
  extends Pick<Message, 'cid' | 'kind' | 'message_data' | 'reply_to' | 'created_at'> {
  /** `sent` means durable at the server. */
  readonly delivery: 'sending' | 'sent' | 'failed'
  /** The message as the server has it; null until then. */
  readonly message: Message | null
  readonly isOwn: boolean
  /** Why it failed; null otherwise. */
  readonly error: RequestError | null
  /** Sends a failed message again, under the same cid; null otherwise. Rejects as `send` does; ignoring it is safe too. */
  readonly retry: (() => Promise<Message>) | null
}

/** Gives the rows of log entries, followed by those of outgoing messages; the same array as before if no row changed. */
export type RowsOf = (entries: readonly Message[], outgoing: readonly Outgoing[]) => readonly MessageRow[]

/**
 * Keeps each row the same object until it changes, so that a new message renders one row.
 * @param ownIds the ids under which messages are the user's own
 */
export function createMessageRows(
  ownIds: () => readonly string[],
  retry: (cid: string) => Promise<Message>,
): RowsOf {
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
    const { cid, kind, message_data, reply_to, created_at } = message
    const content = { cid, kind, message_data, reply_to, created_at }
    const isOwn = message.author !== null && own.includes(message.author)
    const state = { isOwn, error: null, retry: null }
    // What is removed is not as it was acknowledged.
    const before = kind === 'removed' ? undefined : acknowledged.get(message._id)
    return before ?? { ...content, delivery: 'sent', message, ...state }
  }

  function outgoingRow({ cid, message_data, reply_to, created_at, error }: Outgoing): MessageRow {
    const content = { cid, kind: 'text', message_data, reply_to, created_at } as const
    const delivery = error ? 'failed' : 'sending'
    return { ...content, delivery, message: null, isOwn: true, error, retry: error && (() => retry(cid)) }
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
