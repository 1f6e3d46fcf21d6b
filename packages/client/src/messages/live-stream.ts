import type { PendingAttachment } from '../attachments/pending-state.ts'
import type { Attachment, Mention, Message } from '../entities.ts'
import type { Observable } from '../live/observable.ts'
import type { MessageMetadata } from '../register.ts'
import type { DraftRow, MessageRow, SentRow } from './message-rows.ts'
import type { StreamState } from './stream-state.ts'

/** A message of a conversation: its row, or the message itself. */
export type MessageOrRow = MessageRow | Message

/**
 * What goes with a text.
 *
 * @example
 * const options: SendOptions = { replyTo: row, mentions: findMentions(text, people) }
 */
export interface SendOptions {
  /** The message of the same conversation that this one answers; it must be sent already. */
  readonly replyTo?: MessageOrRow | undefined
  /** The id of that message, where it is all that is known of it. */
  readonly reply_to?: string | undefined
  /** The places in the text that name people: `findMentions` finds them. */
  readonly mentions?: readonly Mention[] | undefined
  /** The team's own data: a JSON object of at most 4 KiB. */
  readonly metadata?: MessageMetadata | undefined
  /**
   * Files that are uploaded, at most 10; the text may be '' then. `client.attachments.upload` answers them, and `useAttachments`
   * has them: those must all be `ready`.
   */
  readonly attachments?: readonly (Attachment | PendingAttachment)[] | undefined
}

export interface EditOptions {
  /** The places in the new text that name people. */
  readonly mentions?: readonly Mention[] | undefined
}

/**
 * Changes of messages. Each is shown at once, and sent as soon as there is a connection, in the order of the calls. If the
 * server refuses it, it is taken back, and the row says why (`status`, `error`); so the promise, which then rejects with a
 * `RequestError`, may be ignored.
 */
export interface MessageActions {
  /**
   * Replaces the text of one's own message. One that is not sent yet is sent with the new text, or changed once it is sent; if it
   * fails meanwhile, it has the new text, and this rejects with its error.
   *
   * @example
   * void stream.edit(row, 'Hello, everybody', { mentions: [] })
   */
  readonly edit: (message: MessageOrRow, text: string, options?: EditOptions) => Promise<Message>
  /**
   * Removes a message; its place is kept. One that was never sent is discarded, and the answer is null; one that is under way, or
   * whose answer was lost, is removed once it is sent, and discarded if it fails.
   */
  readonly remove: (message: MessageOrRow) => Promise<Message | null>
  /**
   * Reacts to a message.
   *
   * @example
   * for (const { reaction, isOwn } of row.reactions) if (isOwn) void stream.unreact(row, reaction)
   */
  readonly react: (message: MessageOrRow, reaction: string) => Promise<Message>
  readonly unreact: (message: MessageOrRow, reaction: string) => Promise<Message>
  readonly pin: (message: MessageOrRow) => Promise<Message>
  readonly unpin: (message: MessageOrRow) => Promise<Message>
}

/** Where in a conversation to go: the message with this `nth`, the first unread one, or the newest ones. */
export type JumpTarget = number | 'unread' | 'end'

/** Moves what is shown of a conversation, and marks what was read of it. */
export interface Reading {
  /**
   * Puts the messages before the first one in front; answers whether there are more. Calls at the same time share one request.
   * From now on `keptMessages.scrolledUp` messages are kept, and no more are loaded: `jumpTo` goes further back. Rejects with a
   * `RequestError`, which may be ignored: `unavailable` while offline.
   */
  readonly loadOlder: () => Promise<boolean>
  /**
   * Puts the messages after the last one behind it, until the newest are shown; answers whether there are more (`hasNewer`).
   * Rejects as `loadOlder` does.
   */
  readonly loadNewer: () => Promise<boolean>
  /**
   * Shows the messages around a place. Answers the row that is there, to scroll to: the nearest one, or null if there are none, or
   * if another jump has begun or the stream was left meanwhile. What is unread is known only while somebody holds the stream. From the first jump on until it is left, `loadOlder` goes back as
   * far as there are messages, and lets go of the newest instead. Rejects with a `RequestError`, which may be ignored.
   *
   * @example
   * const row = await stream.jumpTo(message.quote.nth)
   * if (row) scrollTo(row.key)
   */
  readonly jumpTo: (target: JumpTarget) => Promise<SentRow | null>
  /**
   * Call it when a reader who has scrolled up is back at the newest message: lets go of all messages but the newest
   * `keptMessages.atEnd`. A stream that nobody retains does it by itself.
   * @example
   * list.addEventListener('scroll', () => isAtEnd(list) && stream.trim())
   */
  readonly trim: () => void
  /**
   * The user has read up to the message with this `nth`, by default the last one that is shown. It is said at most once a
   * second, and while the page is visible alone: what is marked in a hidden page is said when it is visible again.
   */
  readonly markRead: (nth?: number) => void
  /** The message and all after it count as unread again; `firstUnread` is then this one. Its `RequestError` may be ignored. */
  readonly markUnread: (message: MessageOrRow) => Promise<void>
}

/** What others are writing bit by bit: rows of `messages` whose `delivery` is `draft`. */
export interface Drafting {
  /**
   * Asks whoever writes a draft to stop, which programs do. What there is of it may then come as a message. Rejects with a
   * `RequestError`, which may be ignored.
   */
  readonly stopDraft: (draft: DraftRow) => Promise<void>
}

/** The conversation of a room, of a ticket or of a thread, kept current while it is retained. */
export interface LiveStream extends Observable<StreamState>, MessageActions, Reading, Drafting {
  /** Joins the stream; call the answer to let go. It is left a second after the last holder has let go. */
  readonly retain: () => () => void
  /**
   * Shows the message at once and sends it. Its row shows a failure and offers `retry`, so the promise, which then rejects
   * with a `RequestError`, may be ignored. In three cases there is no row, and the rejection alone says why: the text can never
   * be sent (`invalid_payload`, `too_large`), too many wait (`queue_full`), or the ticket is closed and has refused an earlier
   * message (`ticket_closed`). A composer can put the text back then.
   */
  readonly send: (text: string, options?: SendOptions) => Promise<Message>
}
