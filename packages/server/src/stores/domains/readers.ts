/** What a stream is to one of its readers. `nth` and `seq` are of their mark: messages after it have another, higher `seq`. */
export interface ReaderRow {
  readonly _id: string
  readonly user_id: string
  readonly stream: string
  /** They have read up to the message with this `nth`, but for what they have marked as unread. */
  readonly nth: number
  /** No message after `nth` has a lower seq than this, or this one. */
  readonly seq: number
  /** How far they have ever read, which is what others learn, and since when; 0 where they have read nothing. */
  readonly read_nth: number
  readonly read_at: string
  /** When they have last marked something as unread, and to where: what they have written before raises the mark no further. */
  readonly lowered_at: string | null
  readonly lowered_nth: number
  readonly is_muted: boolean
  readonly is_pinned: boolean
  readonly is_archived: boolean
  /** Whether it is in their list of rooms. */
  readonly is_listed: boolean
  /** What the list is ordered by; it may lag behind the stream. */
  readonly active_at: string
  readonly version: number
}

/** Somebody comes to a stream: what they have read by then is behind their mark. */
export interface NewReader {
  /** Their ids. The first one is who they are; a row under another one of them is theirs too. */
  readonly user_ids: readonly string[]
  readonly stream: string
  /** Where the stream ends to them; left out: where it ends now. */
  readonly end?: { readonly nth: number; readonly seq: number }
  readonly at: string
}

/** Somebody has read up to a message. */
export interface ReadMark {
  readonly user_ids: readonly string[]
  readonly stream: string
  readonly nth: number
  /** As a row has it. */
  readonly seq: number
  readonly at: string
  /** Whether it comes to their list, if it is not there. */
  readonly is_listed: boolean
  /** Lowers the mark, too. */
  readonly is_unread?: boolean
}

/** The row as it is then. `was` is the mark before; null where there was no row. */
export interface Marked {
  readonly reader: ReaderRow
  readonly was: number | null
}

/** What changes in how somebody keeps a stream in their list; what is left out stays. */
export interface Keeping {
  readonly user_ids: readonly string[]
  readonly stream: string
  readonly change: { readonly [K in 'is_muted' | 'is_pinned' | 'is_archived']?: boolean }
  /** How many they may have pinned. */
  readonly most_pinned: number
}

export interface ListedReaders {
  readonly user_ids: readonly string[]
  readonly is_archived: boolean
  /** The stream of the last row that the asker has; one that is not in the list gives nothing. */
  readonly before?: string
  readonly limit: number
}

/** How many marks one call of `mark` sets, and how many one call of `enter` makes. */
export const mostReaders = 200

/**
 * Who reads a stream, and how they keep it. A person has one row for each stream, under one of their ids; where there are
 * several, that of the first id counts.
 */
export interface ReaderStore {
  /** A person's row of a stream. */
  get(workspaceId: string, userIds: readonly string[], stream: string): Promise<ReaderRow | null>
  /** Those in a person's list: pinned ones first, then by last activity. Reads no more rows than it answers. */
  list(workspaceId: string, page: ListedReaders): Promise<{ readers: ReaderRow[]; more: boolean }>
  /** Puts streams on people's lists; who has a row already keeps it. Answers those that were in no list before. */
  enter(workspaceId: string, entering: readonly NewReader[]): Promise<ReaderRow[]>
  /** Sets marks, which only rise unless they are to be lowered, in their order; makes the rows that there are not. */
  mark(workspaceId: string, marks: readonly ReadMark[]): Promise<Marked[]>
  /** Null where it is not in their list. */
  keep(workspaceId: string, keeping: Keeping): Promise<ReaderRow | 'limit' | null>
  /** Ends what a stream is to some users. */
  remove(workspaceId: string, stream: string, userIds: readonly string[]): Promise<void>
  /** The rows of a stream, at most so many, of the users or of anybody; ordered by nothing. */
  ofStream(
    workspaceId: string,
    stream: string,
    filter: { readonly user_ids?: readonly string[]; readonly limit: number },
  ): Promise<ReaderRow[]>
  /** Moves a stream up in the lists of its readers, those first who have it lowest; answers how many it has moved. */
  move(
    workspaceId: string,
    moved: { readonly stream: string; readonly active_at: string; readonly limit: number },
  ): Promise<number>
}
