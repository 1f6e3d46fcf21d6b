import { limits, type Position, type ResetReason } from '@dowellchat/protocol'
import { firstSeq, type Log } from './log.ts'
import { pageText } from './page-text.ts'
import { endOf, nextNth, type Planner, seqOf } from './places.ts'
import type { PageRange } from './store.ts'

/** A page that cannot continue a position has at most this many messages. */
const resetMessages = 50

/** The entries from one seq to another, both included; none if `high` is below `low`. */
export interface Span {
  readonly low: number
  readonly high: number
}

/** The entries to read, all or the messages alone. If they exceed `maxBytes`, the reader leaves out entries at the `loose` end. */
export interface Reading extends Span {
  readonly loose: 'older' | 'newer'
  readonly messagesOnly: boolean
  /** How many these are, if none is removed meanwhile. */
  readonly count: number
  /** The nth of the first of these messages; set where they are read from there on. */
  readonly firstNth?: number
  readonly maxBytes: number
  /** Whether none is read rather than one that does not fit. */
  readonly mayBeEmpty?: true
}

/** What a page reads. `reset` says why it does not continue the position that was asked for. */
export interface PagePlan extends Reading {
  readonly reset?: { readonly reason: ResetReason }
  /** What is read after it, as far as bytes are left. */
  readonly newer?: Reading
  /** Whether the page says that there are newer messages. */
  readonly saysNewer?: true
}

/** The entries that were read: the span that fits, and their texts with commas between them. */
export interface Texts extends Span {
  readonly texts: string
}

/** Plans a page within `limits.page_entries` and `limits.page_bytes`. */
export function planPage(log: Log, range: PageRange): Planner<PagePlan> {
  if ('after' in range) return planPageAfter(log, range.after, range.limit)
  if ('before' in range) return planPageBefore(log, range.before, range.limit)
  if ('following' in range) return planFollowing(log, range.following, range.limit)
  if ('around' in range) return planAround(log, range.around, range.limit)
  return planPageBefore(log, nextNth(log), range.newest)
}

/** Plans the newest messages. */
export function planMessages(log: Log, max: { entries: number; bytes: number }): Planner<Reading> {
  return planBefore(log, nextNth(log), max.entries, max)
}

/** The entries that follow a seq, as many as fit a page. */
export function readingAfter(seq: number, high = seq + limits.page_entries): Reading {
  const count = high - seq
  return { low: seq + 1, high, loose: 'newer', messagesOnly: false, count, maxBytes: limits.page_bytes }
}

/** What is read after a part of a page, within the bytes that this has left. */
export function readingRest(rest: Reading, { texts }: Texts): Reading {
  const left = limits.page_bytes - Buffer.byteLength(texts) - ','.length
  return { ...rest, maxBytes: Math.max(left, 0) }
}

/** The page's JSON, from the entries that its plan has read. */
export function textOfPage(log: Log, plan: PagePlan, found: Texts, newer?: Texts): string {
  const { key, epoch, head } = log
  const { loose, reset, saysNewer } = plan
  const first_seq = firstSeq(log)
  const high = newer?.high ?? found.high
  const isNewer = high < head.seq
  const more = loose === 'older' || saysNewer ? found.low > first_seq : isNewer
  const texts = [found.texts, newer?.texts].filter(Boolean).join()
  return pageText({
    stream: key.stream,
    epoch,
    head,
    first_seq,
    entries: texts,
    more,
    ...(saysNewer && { more_newer: isNewer }),
    ...(reset && { reset }),
  })
}

function* planPageAfter(log: Log, position: Position, limit: number): Planner<PagePlan> {
  const reason = yield* resetReason(log, position)
  if (reason) {
    const newest = yield* planPageBefore(log, nextNth(log), Math.min(limit, resetMessages))
    return { ...newest, reset: { reason } }
  }
  const most = Math.min(limit, limits.page_entries)
  return readingAfter(position.seq, Math.min(position.seq + most, log.head.seq))
}

function planPageBefore(log: Log, before: number, limit: number): Planner<Reading> {
  return planBefore(log, before, Math.min(limit, limits.page_entries), { bytes: limits.page_bytes })
}

/** The last `limit` messages before the `before`th. */
function* planBefore(
  log: Log,
  before: number,
  limit: number,
  max: { readonly bytes: number },
): Planner<Reading> {
  const end = Math.min(before, nextNth(log))
  const first = Math.max(end - limit, log.pruned.nth + 1)
  const next = yield* seqOf(log, end)
  const low = yield* seqOf(log, first, { seq: next, nth: end })
  const count = Math.max(end - first, 0)
  return { low, high: next - 1, loose: 'older', messagesOnly: true, count, maxBytes: max.bytes }
}

/** The first `limit` messages after the `following`th. */
function* planFollowing(log: Log, following: number, limit: number): Planner<PagePlan> {
  const firstNth = Math.max(Math.min(following, log.head.nth), log.pruned.nth) + 1
  const most = Math.min(limit, limits.page_entries)
  const reading = yield* planFrom(log, firstNth, Math.min(firstNth + most, nextNth(log)))
  return { ...reading, maxBytes: limits.page_bytes, saysNewer: true }
}

/**
 * The `around`th message and as many on both sides of it: where one side has fewer, the other has more. The message is in it
 * whatever its size, since the older half is read first, towards older ones.
 */
function* planAround(log: Log, around: number, limit: number): Planner<PagePlan> {
  const { pruned, head } = log
  const most = Math.min(limit, limits.page_entries)
  const at = Math.max(Math.min(around, head.nth), pruned.nth + 1)
  const end = Math.min(Math.max(at + 1 + Math.floor(most / 2), pruned.nth + 1 + most), nextNth(log))
  const first = Math.max(end - most, pruned.nth + 1)
  const split = Math.min(at + 1, nextNth(log))
  const newer = yield* planFrom(log, split, end)
  const low = yield* seqOf(log, first, { seq: newer.low, nth: split })
  const older = { low, high: newer.low - 1, loose: 'older', messagesOnly: true } as const
  const part = { count: Math.max(split - first, 0), maxBytes: Math.floor(limits.page_bytes / 2) }
  return { ...older, ...part, newer: { ...newer, mayBeEmpty: true }, saysNewer: true }
}

/** The messages from one to the one before another. */
function* planFrom(log: Log, first: number, end: number): Planner<Reading> {
  const low = yield* seqOf(log, first)
  const high = (yield* endOf(log, end, { seq: low, nth: first })) - 1
  const count = Math.max(end - first, 0)
  return { low, high, loose: 'newer', messagesOnly: true, count, firstNth: first, maxBytes: 0 }
}

function* resetReason(log: Log, { epoch, seq, id }: Position): Planner<ResetReason | undefined> {
  if (epoch !== log.epoch) return 'epoch'
  if (seq > log.head.seq) return 'ahead'
  if (seq < log.pruned.seq) return 'truncated'
  if (seq > 0 && (yield* idAt(log, seq)) !== id) return 'replaced'
  return undefined
}

function* idAt({ pruned, head }: Log, seq: number): Planner<string | null | undefined> {
  if (seq === head.seq) return head.id
  if (seq === pruned.seq) return pruned.id
  return (yield seq)?.id
}
