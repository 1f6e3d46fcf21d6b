import type { Head, Message, MessageVersion, Position, Quote, RemovalReason } from '@dowellchat/protocol'
import type { ChangeDraft, ChangeOutcome, MessageTarget, ReactorRange } from './message-changes.ts'
import type { ClientMade } from './rows.ts'

export interface StreamKey {
  readonly workspace_id: string
  readonly stream: string
}

/** The key as one text; neither part has control characters. */
export function streamId({ workspace_id, stream }: StreamKey): string {
  return `${workspace_id}\n${stream}`
}

/** The key of a `streamId`. */
export function streamKeyOf(id: string): StreamKey {
  const at = id.indexOf('\n')
  return { workspace_id: id.slice(0, at), stream: id.slice(at + 1) }
}

/** How many streams one call of `grown` is asked about. */
export const mostKnown = 100

/** A stream, and the seq of the last of its entries that somebody knows. */
export interface KnownEnd extends StreamKey {
  readonly seq: number
}

/** A message that has no place in its stream yet. */
export interface MessageDraft
  extends ClientMade,
    Pick<Message, 'kind' | 'message_data' | 'display_name' | 'reply_to' | 'client_created_at'> {
  readonly author: string
  /** The socket that sent it; kept for V2's frames, never part of the message's text. */
  readonly sid: string | null
  readonly ticket_id?: string
  readonly product?: string
  readonly mentions?: Message['mentions']
  /** Those of the people whom it mentions for whom that is counted; each once. */
  readonly mentioned?: readonly string[]
  readonly metadata?: Message['metadata']
  /** Its files, which are its author's finished uploads. */
  readonly attachments?: Message['attachments']
  /** Only of what tells of a ticket. */
  readonly fact?: Message['fact']
  /** Only of a reply: the seq of the message that it answers. */
  readonly reply_seq?: number
  /** Only of a reply: what it quotes. The store leaves it out if that message is removed by then. */
  readonly quote?: Quote
}

/** What its place gives to a message. */
export type Placed = Pick<Message, '_id' | 'seq' | 'nth' | 'created_at'>

/** `text` is the message's JSON, made once. `created` is false for a repeated cid: nothing was appended. */
export type Appended =
  | { readonly created: boolean; readonly placed: Placed; readonly text: string }
  | { readonly conflict: 'cid' }

/**
 * Which part of a stream: its newest messages, those before the `before`th, those after the `following`th, those on both sides
 * of the `around`th and itself, or the entries after a position. A message that retention has removed is the oldest that is
 * left, one past the end is the last.
 */
export type PageRange =
  | { readonly newest: number }
  | { readonly before: number; readonly limit: number }
  | { readonly following: number; readonly limit: number }
  | { readonly around: number; readonly limit: number }
  | { readonly after: Position; readonly limit: number }

/** An entry as it is kept: its JSON, and the socket that sent it, which only V2's frames name. */
export interface StoredEntry {
  readonly text: string
  readonly sid: string | null
}

/** A protocol `Page` as JSON. */
export interface StoredPage {
  readonly text: string
  /** The `seq` of the log's head when it was read. */
  readonly head: number
}

/** Which messages of a stream to remove, and why. */
export interface Removal {
  /** Their seqs, at most `limits.removed_messages`. What is there no more, or is no message, is left out. */
  readonly targets: readonly number[]
  readonly reason: RemovalReason
}

/** The seqs of the messages of which a call has removed something, and the seq of the stream's last entry by then. */
export interface Removed {
  readonly removed: readonly number[]
  readonly head: number
}

/** How many entries were removed, and where to go on; `next` is null where nothing is left to look at. */
export interface Pruned {
  readonly removed: number
  readonly next: string | null
}

/** How many streams one call of `ends` is asked about. */
export const mostEnds = 100

/** A stream, and how far somebody has read it. */
export interface EndAsked extends StreamKey {
  /** The messages after `nth`, none of which has a seq up to `seq`, are counted, but for those of the author's ids. */
  readonly mark?: { readonly nth: number; readonly seq: number; readonly user_ids: readonly string[] }
  /** Whether its last message is read too. */
  readonly withLast?: boolean
}

/** Where a stream ends. */
export interface StreamEnd {
  readonly epoch: string
  readonly head: Head
  /** The JSON of its last message; null where there is none, and where it was not asked for. */
  readonly last: string | null
  /** How many messages of others follow the mark, of the first `limits.unread_counted` after it; 0 without a mark. */
  readonly unread: number
  /** How many messages after the mark mention one of its ids; null where they were not counted along: see `mentionsAfter`. */
  readonly mentions: number | null
}

export interface StreamStore {
  /**
   * Appends in the order given, at head + 1 each, making the log if it is new. One answer per draft, in their order.
   * A cid is unique per stream and author.
   */
  append(key: StreamKey, drafts: readonly MessageDraft[]): Promise<{ epoch: string; appended: Appended[] }>
  /** Makes the log if it is new. */
  open(key: StreamKey): Promise<void>
  /** Whether the author has used this cid in the stream. */
  has(key: StreamKey, author: string, cid: string): Promise<boolean>
  /** The seq of the entry of that id, found by the time in it; null where there is none. */
  seqOf(key: StreamKey, id: string): Promise<number | null>
  /** The seq of the last entry that was made before a time, as far as the servers' clocks agree; 0 where there is none. */
  madeBefore(key: StreamKey, at: string): Promise<number>
  /** The names of a workspace's streams, in their order, those that follow one. */
  names(workspaceId: string, after: string, limit: number): Promise<string[]>
  /** How many messages after the `nth` mention one of the users, as far as `limits.unread_counted`. */
  mentionsAfter(key: StreamKey, userIds: readonly string[], nth: number): Promise<number>
  /** The seq of the last entry; 0 where there is none. */
  head(key: StreamKey): Promise<number>
  /** The entries that follow a seq, in order, as many as fit a page; for nodes that did not append them. */
  entries(key: StreamKey, after: number): Promise<{ epoch: string; entries: StoredEntry[] }>
  /** Those of at most `mostKnown` streams that have the entry after the one that is known; for nodes that may have missed it. */
  grown(known: readonly KnownEnd[]): Promise<StreamKey[]>
  /** Where at most `mostEnds` streams end, in the order given; null where there is no log. */
  ends(asked: readonly EndAsked[]): Promise<(StreamEnd | null)[]>
  /** A page within `limits.page_entries` and `limits.page_bytes`; null where there is no log. */
  page(key: StreamKey, range: PageRange): Promise<StoredPage | null>
  /**
   * Removes the oldest entries of a workspace's logs that were made before a time, a bounded part of them at a call. A log
   * keeps its epoch and counts on, its pages begin at a later `first_seq`, and the cids of what is gone are free.
   * @param from the last call's `next`; null begins
   */
  prune(workspaceId: string, before: string, from: string | null): Promise<Pruned>
  /**
   * Removes messages as the protocol's `removedMessage` does, and appends a `deletion` that names them, both or nothing:
   * nobody reads a text after a deletion that names it. Repeating it appends nothing. A message without an author has no cid
   * in the store: that of an `erased` or `damaged` message is free. What others have of the texts goes too: quotes, and the
   * earlier texts of edited messages.
   */
  remove(key: StreamKey, removal: Removal): Promise<Removed>
  /** The message at a seq, as it is now, as JSON; null where there is none. */
  message(key: StreamKey, seq: number): Promise<string | null>
  /**
   * Changes a message as the protocol's `changedMessage` does, and appends a `change`, both or nothing. One's own message
   * alone is edited, a person gives each reaction once, and there are at most `limits.reactions` and `limits.pins`.
   */
  change(key: StreamKey, draft: ChangeDraft): Promise<ChangeOutcome>
  /** The pinned messages, the last pinned first, as a JSON array; `[]` where there is no log. */
  pinned(key: StreamKey): Promise<string>
  /** Those who have given a reaction, in the order of their ids; null where there is no such message. */
  reactors(key: StreamKey, target: MessageTarget, range: ReactorRange): Promise<string[] | null>
  /** The texts that a message had before, the 100 last, oldest first; null where there is no such message. */
  versions(key: StreamKey, target: MessageTarget): Promise<MessageVersion[] | null>
  /**
   * Takes people out of entries that name them: a change is by nobody then, and others name what takes the place of their
   * ids. Messages of theirs stay as they are, since `remove` erases them.
   * @param renamed what takes the place of each id
   */
  forget(key: StreamKey, seqs: readonly number[], renamed: Readonly<Record<string, string>>): Promise<void>
  /** The newest messages, oldest first: a JSON array, `[]` where there is no log, and the `seq` of the log's head. */
  messages(key: StreamKey, max: { entries: number; bytes: number }): Promise<StoredPage>
}
