import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Count, Id, Limit, StreamName } from './fields.ts'
import { Message } from './messages.ts'

/** One step of a stream's history. */
export const Entry = Message
export type Entry = z.infer<typeof Entry>

/** How far somebody has read: the stream's epoch, and the seq and id of the last entry that they have; 0 and null for none. */
export const Position = z.object({ epoch: Id, seq: Count, id: z.nullable(Id) })
export type Position = z.infer<typeof Position>

/** Where a stream ends: its last entry's seq, nth and id; 0, 0 and null while it has none. */
export const Head = z.object({ seq: Count, nth: Count, id: z.nullable(Id) })
export type Head = z.infer<typeof Head>

/**
 * Why a page does not continue a position: the log was replaced by another (`epoch`), by an earlier copy of itself
 * (`replaced`), has lost what comes next (`truncated`), or has not got so far (`ahead`).
 */
export const ResetReason = z.enum(['epoch', 'replaced', 'truncated', 'ahead'])
export type ResetReason = z.infer<typeof ResetReason>

/**
 * Part of a stream, oldest first. Asked for without a position it has the newest messages, `more` says that older
 * exist, and one goes on from `head`; asked with one it has what follows, `more` says that newer remain, and one goes on
 * from the last entry.
 */
export const Page = z.object({
  stream: StreamName,
  epoch: Id,
  head: Head,
  /** The oldest seq that the log still has. */
  first_seq: Count,
  entries: z.array(Entry),
  more: z.boolean(),
  /** Instead of what follows the position this page has the newest messages: drop what you have. */
  reset: z.optional(z.object({ reason: ResetReason })),
})
export type Page = z.infer<typeof Page>

export const streamRequests = {
  /** The messages before the `before`th of the stream, at most `limit` (50). */
  get_messages: {
    payload: z.object({ stream: StreamName, before: Count, limit: z.optional(Limit) }),
    data: Page,
  },
  /** The entries after a position, at most `limit` (200). */
  get_entries: {
    payload: z.object({ stream: StreamName, position: Position, limit: z.optional(Limit) }),
    data: Page,
  },
} as const satisfies RequestDefs
export type StreamRequests = typeof streamRequests

export const streamPushes = {
  /** New entries of a joined stream, in order. */
  entries: z.object({ stream: StreamName, epoch: Id, entries: z.array(Entry) }),
} as const satisfies PushDefs
export type StreamPushes = typeof streamPushes

/** The stream of a room. */
export function roomStream(room: string): string {
  return `room:${room}`
}

/** The stream of a ticket's conversation. */
export function ticketStream(ticketId: string): string {
  return `ticket:${ticketId}`
}

/** What a stream belongs to. */
export function streamOwner(stream: string): { kind: 'room' | 'ticket'; id: string } {
  const colon = stream.indexOf(':')
  return { kind: stream.slice(0, colon) as 'room' | 'ticket', id: stream.slice(colon + 1) }
}
