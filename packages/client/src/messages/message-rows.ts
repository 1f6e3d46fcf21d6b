import type { Message, Reaction } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import type { MessageChange } from './changed-rows.ts'
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

/**
 * A message that somebody, mostly a program, is writing bit by bit: it grows, and is then a `sent` row with the same `key`, or gone.
 *
 * @example
 * {row.delivery === 'draft' && <button onClick={() => void stopDraft(row)}>Stop</button>}
 */
export interface DraftRow extends RowAbout {
  /** What there is of it. */
  readonly message: UnsentMessage
  readonly delivery: 'draft'
  readonly isOwn: boolean
  readonly status: 'draft'
  readonly error: null
  readonly retry: null
  readonly discard: null
}

/** A message as a page shows it. `delivery` tells whether the server has it. */
export type MessageRow = SentRow | UnsentRow | DraftRow

/** What the user has changed of a message, and the server has not confirmed, or has refused. */
export interface OwnChange extends Pick<SentRow, 'status' | 'error' | 'retry' | 'discard'> {
  /** What the message becomes by it. */
  readonly shown: <M extends Message | UnsentMessage>(message: M) => M
}

/** The user's own changes of a stream's messages. */
export interface OwnChanges {
  /** By the key of the row. */
  readonly of: (key: string) => OwnChange | undefined
  /** The log has what was changed under a cid. */
  readonly confirm: (cid: string) => void
}

type KeyOf = (message: Message, isOwn: boolean) => string

/** Makes rows. The row of a message, and of one that is being sent, stays the same object until it changes. */
export interface MessageRows {
  /** The row of a message of the stream, to be kept by the caller; `change` has made the message what it is. */
  readonly sent: (message: Message, change?: MessageChange) => SentRow
  /** The message of a row as it is in the log, without the user's own changes. */
  readonly messageOf: (row: SentRow) => Message
  /** The rows of outgoing messages; the same array for the same ones. */
  readonly unsent: (outgoing: readonly Outgoing[]) => readonly MessageRow[]
  /** Answers whether other ids than before are the user's own; sent rows must then be `renewed`. */
  readonly hasNewIds: () => boolean
  /** The row, or another one if what it says beside its message has changed. */
  readonly renewed: (row: SentRow) => SentRow
  readonly showChanges: (changes: OwnChanges) => void
  /** Takes what says the key of a message's row, and learns of each message by it. */
  readonly showDrafts: (keyOf: KeyOf) => void
  /** The key of a message's row. */
  readonly keyOf: (message: Message) => string
  /** Makes the row of an outgoing message anew. */
  readonly remake: (cid: string) => void
  /** Takes that the user has a reaction, or has none any more, which a message does not say of the eleventh and later people. */
  readonly noteReaction: (messageId: string, reaction: string, isOwn: boolean) => void
  /** Whether the user has a reaction to a message, as far as is known. */
  readonly isOwnReaction: (messageId: string, reaction: Reaction) => boolean
}

export interface RowOptions {
  readonly stream: string
  /** The ids under which messages are the user's own; first the one under which the user sends. */
  readonly ownIds: () => readonly string[]
  readonly isBlocked: (userId: string) => boolean
  readonly retry: (cid: string) => Promise<Message>
  readonly discard: (cid: string) => void
}

const none: readonly MessageRow[] = []
const noReactions: readonly RowReaction[] = []
const unchanged: Omit<OwnChange, 'shown'> & Partial<Pick<OwnChange, 'shown'>> = {
  status: 'unchanged',
  error: null,
  retry: null,
  discard: null,
}
/** Reactions that are remembered to be the user's own. */
const mostReactions = 1_000

export function createMessageRows({ stream, ownIds, isBlocked, retry, discard }: RowOptions): MessageRows {
  let own: readonly string[] = []
  let known = new WeakMap<Outgoing, MessageRow>()
  let outgoing: readonly Outgoing[] = []
  let rows = none
  let ownChanges: OwnChanges = { of: () => undefined, confirm() {} }
  /** Rows of messages that the server has acknowledged, by id: their entries will be other objects. */
  let acknowledged: ReadonlyMap<string, SentRow> = new Map()
  /** The messages of rows that show another. */
  const messages = new WeakMap<SentRow, Message>()
  const ownReactions = new Map<string, boolean>()

  // Only somebody else's message can have the cid of another.
  let rowKey: KeyOf = ({ cid, _id }, isMine) => (isMine ? cid : _id)

  const isOwn = (id: string | null): boolean => id !== null && own.includes(id)
  const messageOf = (row: SentRow): Message => messages.get(row) ?? row.message

  function sent(message: Message, change?: MessageChange): SentRow {
    if (change) ownChanges.confirm(change.cid)
    if (change?.reaction && isOwn(change.by))
      noteReaction(message._id, change.reaction.reaction, change.change === 'reacted')
    // What is changed or removed is not as it was acknowledged.
    const isAsSent = message.version === undefined && message.kind !== 'removed'
    return (isAsSent && acknowledged.get(message._id)) || sentRow(message)
  }

  function sentRow(message: Message): SentRow {
    const mine = isOwn(message.author)
    const key = rowKey(message, mine)
    const { shown, ...change } = ownChanges.of(key) ?? unchanged
    const now = shown ? shown(message) : message
    const row: SentRow = { ...change, ...aboutOf(now), key, message: now, delivery: 'sent', isOwn: mine }
    if (now !== message) messages.set(row, message)
    return row
  }

  function aboutOf({ _id, author, mentions, reactions }: Message): Omit<RowAbout, 'key'> {
    return {
      reactions: reactions?.map((one) => ({ ...one, isOwn: isOwnReaction(_id, one) })) ?? noReactions,
      mentionsMe: mentions?.some(({ user_id }) => isOwn(user_id)) ?? false,
      isBlocked: author !== null && isBlocked(author),
    }
  }

  function isOwnReaction(id: string, { reaction, count, user_ids }: Reaction): boolean {
    return user_ids.some(isOwn) || (count > user_ids.length && ownReactions.get(`${id} ${reaction}`) === true)
  }

  function noteReaction(id: string, reaction: string, isMine: boolean): void {
    const key = `${id} ${reaction}`
    ownReactions.delete(key)
    ownReactions.set(key, isMine)
    for (const oldest of ownReactions.keys()) {
      if (ownReactions.size <= mostReactions) break
      ownReactions.delete(oldest)
    }
  }

  function rowOf(one: Outgoing): MessageRow {
    const row = known.get(one) ?? (one.message ? sentRow(one.message) : unsentRow(one))
    known.set(one, row)
    return row
  }

  function unsentRow(one: Outgoing): UnsentRow {
    const { cid, error, canRetry, canDiscard, waitsUntil } = one
    const message = unsentMessage(one)
    const { status, shown } = ownChanges.of(cid) ?? unchanged
    return {
      key: cid,
      message: shown ? shown(message) : message,
      delivery: error ? 'failed' : 'sending',
      isOwn: true,
      reactions: noReactions,
      mentionsMe: false,
      isBlocked: false,
      status,
      error,
      waitsUntil,
      retry: canRetry ? () => retry(cid) : null,
      discard: canDiscard ? () => discard(cid) : null,
    }
  }

  function unsentMessage({ cid, message_data, reply_to, created_at, extras }: Outgoing): UnsentMessage {
    // What is sent alone is not shown.
    const { reply_seq, parent, ...more } = extras
    const content = { type: 'message', kind: 'text', cid, message_data, reply_to, created_at } as const
    const place = { _id: null, seq: null, nth: null, stream, client_created_at: created_at }
    return {
      ...(more as Partial<UnsentMessage>),
      ...content,
      ...place,
      author: own[0] ?? null,
      display_name: null,
    }
  }

  return {
    sent,
    messageOf,
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
    renewed(row) {
      const next = sentRow(messageOf(row))
      return isSame(row, next) ? row : next
    },
    showChanges(changes) {
      ownChanges = changes
    },
    showDrafts(keyOf) {
      rowKey = keyOf
    },
    keyOf: (message) => rowKey(message, isOwn(message.author)),
    remake(cid) {
      for (const one of outgoing) if (one.cid === cid) known.delete(one)
      outgoing = []
    },
    noteReaction,
    isOwnReaction,
  }
}

/** Whether two rows of one message say the same. */
function isSame(a: SentRow, b: SentRow): boolean {
  return (
    a.message === b.message &&
    a.isOwn === b.isOwn &&
    a.mentionsMe === b.mentionsMe &&
    a.isBlocked === b.isBlocked &&
    a.status === b.status &&
    a.error === b.error &&
    a.reactions.every(({ isOwn }, at) => isOwn === b.reactions[at]?.isOwn)
  )
}
