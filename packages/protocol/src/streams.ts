import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Count, Id, Limit, StoredStreamName, StreamName, Time } from './fields.ts'
import { Head } from './heads.ts'
import { limits } from './limits.ts'
import { MessageChange } from './message-changes.ts'
import { Message, RemovalReason } from './messages.ts'

export { Head } from './heads.ts'
export { notesStream, roomStream, threadStream, ticketStream } from './stream-names.ts'

/** Messages were removed. Tells those who have read them; the messages themselves are `removed` by then. */
export const Deletion = z.object({
  _id: Id,
  stream: StoredStreamName,
  seq: Count,
  /** The number of the last message before it. */
  nth: Count,
  type: z.literal('deletion'),
  /** The seqs of the messages. */
  targets: z.array(Count).check(z.maxLength(limits.removed_messages)),
  reason: RemovalReason,
  created_at: Time,
})
export type Deletion = z.infer<typeof Deletion>

/** One step in a stream's history. Only messages are shown; the others change them. */
export const Entry = z.union([Message, Deletion, MessageChange])
export type Entry = z.infer<typeof Entry>

/** Whether an entry is a message. */
export function isMessage(entry: Entry): entry is Message {
  return entry.type === 'message'
}

/** How far a client has read: the stream's epoch, and the seq and id of its last entry; 0 and null if it has none. */
export const Position = z.object({ epoch: Id, seq: Count, id: z.nullable(Id) })
export type Position = z.infer<typeof Position>

/**
 * Why a page cannot continue from a position:
 * `epoch`: the log was replaced by another log. `replaced`: it was replaced by an earlier copy of itself.
 * `truncated`: the entries that come next were removed. `ahead`: the log ends before the position.
 */
export const ResetReason = z.enum(['epoch', 'replaced', 'truncated', 'ahead'])
export type ResetReason = z.infer<typeof ResetReason>

/**
 * Part of a stream, oldest first.
 * Without a position: the newest messages, as they are now, and no other entries. `more` means that older ones exist; continue from `head`.
 * With a position: the entries after it. `more` means that newer ones remain; continue from the last entry.
 */
export const Page = z.object({
  stream: StoredStreamName,
  epoch: Id,
  head: Head,
  /** The oldest seq still in the log. */
  first_seq: Count,
  entries: z.array(Entry),
  more: z.boolean(),
  /** Only pages around or after a message have it: whether newer messages than the last one exist. */
  more_newer: z.optional(z.boolean()),
  /** Set if the position could not be continued: the page has the newest messages instead. Drop the entries you have. */
  reset: z.optional(z.object({ reason: ResetReason })),
})
export type Page = z.infer<typeof Page>

/** Where a stream ends. */
export const StreamHead = z.object({ stream: StoredStreamName, epoch: Id, head: Head })
export type StreamHead = z.infer<typeof StreamHead>

export const streamRequests = {
  /**
   * Messages as they are now, at most `limit` (default 50): those before the one with `nth` equal to `before`, those after
   * `after`, or those on both sides of `around`, itself included.
   */
  get_messages: {
    payload: z
      .object({
        stream: StreamName,
        before: z.optional(Count),
        after: z.optional(Count),
        around: z.optional(Count),
        limit: z.optional(Limit),
      })
      .check(
        z.refine(
          ({ before, after, around }) =>
            [before, after, around].filter((nth) => nth !== undefined).length === 1,
          'expected one of before, after and around',
        ),
      ),
    data: Page,
    errors: ['not_found'],
  },
  /** The entries after a position, at most `limit` (default 200). */
  get_entries: {
    payload: z.object({ stream: StreamName, position: Position, limit: z.optional(Limit) }),
    data: Page,
    errors: ['not_found'],
  },
} as const satisfies RequestDefs
export type StreamRequests = typeof streamRequests

export const streamPushes = {
  /** New entries of a joined stream, in order. */
  entries: z.object({ stream: StoredStreamName, epoch: Id, entries: z.array(Entry) }),
  /** Where joined streams end. Whoever has less fetches it with `get_entries`: some entries may have been lost or left out. */
  heads: z.object({ heads: z.array(StreamHead) }),
} as const satisfies PushDefs
export type StreamPushes = typeof streamPushes

const streamKinds = ['room', 'ticket', 'thread', 'notes'] as const
export type StreamKind = (typeof streamKinds)[number]

/** What a stream belongs to; the kind is null if there are no such streams. */
export function streamOwner(stream: string): { kind: StreamKind | null; id: string } {
  const colon = stream.indexOf(':')
  const kind = streamKinds.find((one) => one === stream.slice(0, colon)) ?? null
  return { kind, id: stream.slice(colon + 1) }
}
