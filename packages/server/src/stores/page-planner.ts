import { limits, type Position, type ResetReason } from '@dowellchat/protocol'
import { firstSeq, type Log } from './log.ts'
import { pageText } from './page-text.ts'
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
  readonly maxBytes: number
}

/** What a page reads. `reset` says why it does not continue the position that was asked for. */
export interface PagePlan extends Reading {
  readonly reset?: { readonly reason: ResetReason }
}

/** The entries that were read: the span that fits, and their texts with commas between them. */
export interface Texts extends Span {
  readonly texts: string
}

/** What a planner asks of a single entry. */
export interface Place {
  readonly id: string
  readonly nth: number
}

/**
 * A planner. It yields a seq to ask for the entry there, and resumes with that entry's place, or with undefined if there is
 * no entry. So it serves stores that answer at once (`runPlanner`) and stores that answer later (`runPlannerAsync`).
 */
export type Planner<Plan> = Generator<number, Plan, Place | undefined>

export function runPlanner<Plan>(planner: Planner<Plan>, placeAt: (seq: number) => Place | undefined): Plan {
  let step = planner.next()
  while (!step.done) step = planner.next(placeAt(step.value))
  return step.value
}

export async function runPlannerAsync<Plan>(
  planner: Planner<Plan>,
  placeAt: (seq: number) => Promise<Place | undefined>,
): Promise<Plan> {
  let step = planner.next()
  while (!step.done) step = planner.next(await placeAt(step.value))
  return step.value
}

/** Plans a page within `limits.page_entries` and `limits.page_bytes`. */
export function planPage(log: Log, range: PageRange): Planner<PagePlan> {
  if ('after' in range) return planPageAfter(log, range.after, range.limit)
  if ('before' in range) return planPageBefore(log, range.before, range.limit)
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

/** The page's JSON, from the entries that its plan has read. */
export function textOfPage(log: Log, { loose, reset }: PagePlan, { low, high, texts }: Texts): string {
  const { key, epoch, head } = log
  const first_seq = firstSeq(log)
  const more = loose === 'older' ? low > first_seq : high < head.seq
  return pageText({
    stream: key.stream,
    epoch,
    head,
    first_seq,
    entries: texts,
    more,
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
  const high = (yield* seqOf(log, end)) - 1
  const low = yield* seqOf(log, first)
  const count = Math.max(end - first, 0)
  return { low, high, loose: 'older', messagesOnly: true, count, maxBytes: max.bytes }
}

/**
 * The seq of the `nth` message. For the first one that the log still has, or a removed one, the log's first seq; for one that
 * does not exist yet, the seq after the head.
 * @param least the message is known to be no earlier than this
 */
export function* seqOf(log: Log, nth: number, least = 0): Planner<number> {
  const { pruned, head } = log
  if (nth <= pruned.nth + 1) return firstSeq(log)
  if (nth > head.nth) return head.seq + 1
  // From one entry to the next nth rises by 1 or stays the same. If all entries are messages, both bounds are equal.
  let low = Math.max(pruned.seq + (nth - pruned.nth), least)
  let high = head.seq - (head.nth - nth)
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const place = yield middle
    // An entry that is missing was removed meanwhile, and so were all older ones.
    if (!place || place.nth < nth) low = middle + 1
    else high = middle
  }
  return low
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

/** The nth of the message that comes next. */
function nextNth({ head }: Log): number {
  return head.nth + 1
}
