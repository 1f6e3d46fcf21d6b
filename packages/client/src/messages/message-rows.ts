import type { Message, Reaction } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import type { Outgoing } from './outgoing.ts'

/** A message of the user's own that the server does not have yet, in the shape that it will have. */
export interface UnsentMessage extends Omit<Message, '_id' | 'seq' | 'nth'> {
  readonly _id: null
  readonly seq: null
  readonly nth: null
}

/** One way in which people have reacted to a message, and whether the user has. */
export interface RowReaction extends Reaction {
  readonly isOwn: boolean
}

/** What a row says of its message beside the message itself. */
interface RowAbout {
  /** Unique in the list, and the same from the first time that the message is shown: React's `key`. */
  readonly key: string
  /** In the order in which they were first given. */
  readonly reactions: readonly RowReaction[]
  /** Whether it mentions the user. */
  readonly mentionsMe: boolean
  /** Whether the user has blocked its author. */
  readonly isBlocked: boolean
}

/** A message of the stream. One of the kind `removed` has lost its text, and shows that something was there. */
export interface SentRow extends RowAbout {
  /** As it is, with the user's own changes of it that are on their way. */
  readonly message: Message
  /** `sent` means durable at the server. */
  readonly delivery: 'sent'
  readonly isOwn: boolean
  /**
   * How the user's own changes of it go (`edit`, `remove`, `react` and the like). `changing`: one is shown that the server has
   * not confirmed. `refused`: the last one was taken back, for the reason that `error` says.
   */
  readonly status: 'unchanged' | 'changing' | 'refused'
  /** Why the last change was refused; null otherwise. */
  readonly error: RequestError | null
  /** Does what was refused again; null where that cannot help. */
  readonly retry: (() => Promise<Message | null>) | null
  /** Forgets that a change was refused. */
  readonly discard: (() => void) | null
}

/** One of the user's own messages that is being sent, waits to be sent, or could not be sent. */
export interface UnsentRow extends RowAbout {
  readonly message: UnsentMessage
  readonly delivery: 'sending' | 'failed'
  readonly isOwn: true
  readonly status: 'unchanged' | 'changing' | 'refused'
  /** Why it failed; null otherwise. */
  readonly error: RequestError | null
  /** When it is sent by itself, as `Date.now()` counts, where the room's slow mode makes it wait; null otherwise. */
  readonly waitsUntil: number | null
  /** Sends a failed message again, under the same cid; null where that cannot help. Rejects as `send` does; ignoring it is safe too. */
  readonly retry: (() => Promise<Message>) | null
  /** Takes a message out of the list that has failed or waits to be sent; null while it is on its way. */
  readonly discard: (() => void) | null
}

/** A message as a page shows it. `delivery` tells whether the server has it. */
export type MessageRow = SentRow | UnsentRow

/** Makes rows. The row of a message, and of one that is being sent, stays the same object until it changes. */
export interface MessageRows {
  /** The row of a message of the stream, to be kept by the caller. */
  readonly sent: (message: Message) => SentRow
  /** The rows of outgoing messages; the same array for the same ones. */
  readonly unsent: (outgoing: readonly Outgoing[]) => readonly MessageRow[]
  /** Answers whether other ids than before are the user's own; sent rows must then be `renewed`. */
  readonly hasNewIds: () => boolean
  /** The row, or another one if the user's own ids make it so. */
  readonly renewed: (row: SentRow) => SentRow
}

export interface RowOptions {
  readonly stream: string
  /** The ids under which messages are the user's own; first the one under which the user sends. */
  readonly ownIds: () => readonly string[]
  readonly retry: (cid: string) => Promise<Message>
  readonly discard: (cid: string) => void
}

const none: readonly MessageRow[] = []
const plain = { reactions: [], mentionsMe: false, isBlocked: false } as const

export function createMessageRows({ stream, ownIds, retry, discard }: RowOptions): MessageRows {
  let own: readonly string[] = []
  let known = new WeakMap<Outgoing, MessageRow>()
  let outgoing: readonly Outgoing[] = []
  let rows = none
  /** Rows of messages that the server has acknowledged, by id: their entries will be other objects. */
  let acknowledged: ReadonlyMap<string, SentRow> = new Map()

  const isOwn = ({ author }: Message): boolean => author !== null && own.includes(author)

  function sent(message: Message): SentRow {
    // What is removed is not as it was acknowledged.
    const before = message.kind === 'removed' ? undefined : acknowledged.get(message._id)
    return before ?? sentRow(message)
  }

  function sentRow(message: Message): SentRow {
    const mine = isOwn(message)
    // Only somebody else's message can have the cid of another.
    const key = mine ? message.cid : message._id
    const about = { key, message, delivery: 'sent', isOwn: mine, ...plain } as const
    return { ...about, status: 'unchanged', error: null, retry: null, discard: null }
  }

  function rowOf(one: Outgoing): MessageRow {
    const row = known.get(one) ?? (one.message ? sentRow(one.message) : unsentRow(one))
    known.set(one, row)
    return row
  }

  function unsentRow(one: Outgoing): UnsentRow {
    const { cid, error, canRetry, canDiscard, waitsUntil } = one
    return {
      key: cid,
      message: unsentMessage(one),
      delivery: error ? 'failed' : 'sending',
      isOwn: true,
      ...plain,
      status: 'unchanged',
      error,
      waitsUntil,
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

  return {
    sent,
    unsent(now) {
      if (now === outgoing) return rows
      outgoing = now
      rows = now.length === 0 ? none : now.map(rowOf)
      const stored = rows.filter((row) => row.delivery === 'sent')
      acknowledged = new Map(stored.map((row) => [row.message._id, row]))
      return rows
    },
    hasNewIds() {
      const ids = ownIds()
      if (ids === own || ids.join() === own.join()) return false
      own = ids
      known = new WeakMap()
      outgoing = []
      return true
    },
    renewed: (row) => (isOwn(row.message) === row.isOwn ? row : sentRow(row.message)),
  }
}
