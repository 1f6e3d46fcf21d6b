import { limits, type Page, type Position, type ResetReason } from '@dowellchat/protocol'
import { pageText } from '../page-text.ts'
import type { StoredEntry, StreamKey, StreamStore } from '../store.ts'
import type { Database } from './database.ts'
import { type EntryRow, firstSeq, type Log, type Logs } from './logs.ts'
import { within } from './where.ts'

/** How many messages at most replace what a position cannot be continued with. */
const resetMessages = 50
/** How many entries come at a time: what is read beyond a page's bytes is read in vain. */
const pageBatch = 64
const messagesBatch = 256

/** Some entries that follow each other; none where `high` is below `low`. */
interface Span {
  readonly low: number
  readonly high: number
}

/** How much is read, which end is cut where it is too much, and how many entries come at a time. */
interface Reading {
  readonly loose: 'older' | 'newer'
  readonly maxBytes: number
  readonly batch: number
}

const olderPage: Reading = { loose: 'older', maxBytes: limits.page_bytes, batch: pageBatch }
const newerPage: Reading = { ...olderPage, loose: 'newer' }

/** What is read of a log; the texts are put next to each other, and none is parsed. */
export interface Pages extends Pick<StreamStore, 'page' | 'messages'> {
  entries(key: StreamKey, after: number): Promise<StoredEntry[]>
}

/** Reads pages as bounded ranges of `seq`, which has no holes. */
export function mongoPages({ deadlines }: Database, { entries, find }: Logs): Pages {
  /** What stands at a seq. */
  function entryAt({ key: { workspace_id, stream } }: Log, seq: number) {
    return entries.get({ workspace_id, stream, seq }, ['_id', 'nth'])
  }

  /** The first seq up to which the stream has `nth` messages; nth never falls as seq rises, and never exceeds it. */
  async function seqOf(log: Log, nth: number): Promise<number> {
    // Nothing but messages so far.
    if (log.head.seq === log.head.nth) return nth
    let low = Math.max(nth, firstSeq(log))
    let high = log.head.seq
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (((await entryAt(log, middle))?.nth ?? 0) < nth) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The messages before the `before`th, at most `limit`. */
  async function spanBefore(log: Log, before: number, limit: number): Promise<Span> {
    const end = Math.min(before, log.head.nth + 1)
    const low = Math.max(await seqOf(log, Math.max(end - limit, 1)), firstSeq(log))
    return { low, high: end > log.head.nth ? log.head.seq : (await seqOf(log, end)) - 1 }
  }

  /** The entries of a span, oldest first, as many as fit; undefined where some were removed meanwhile. */
  async function read({ key }: Log, { low, high }: Span, reading: Reading): Promise<EntryText[] | undefined> {
    if (high < low) return []
    const { workspace_id, stream } = key
    const rows = entries.each(
      { workspace_id, stream, seq: within(low, high) },
      { fields: ['seq', 'text'], sort: { seq: reading.loose === 'older' ? -1 : 1 }, batch: reading.batch },
    )
    const { fitting, isCut } = await takeFitting(rows, reading.maxBytes)
    if (!isCut && fitting.length < high - low + 1) return undefined
    return reading.loose === 'older' ? fitting.reverse() : fitting
  }

  async function resetReason(log: Log, position: Position): Promise<ResetReason | undefined> {
    if (position.epoch !== log.epoch) return 'epoch'
    if (position.seq > log.head.seq) return 'ahead'
    if (position.seq < log.pruned.seq) return 'truncated'
    if (position.seq === 0) return undefined
    const { pruned, head } = log
    const known = [pruned, head].find(({ seq }) => seq === position.seq)
    const id = known ? known.id : (await entryAt(log, position.seq))?._id
    return id === position.id ? undefined : 'replaced'
  }

  /** The messages before the `before`th, at most `limit`, as a page. */
  async function pageBefore(log: Log, before: number, limit: number, reset?: { reason: ResetReason }) {
    const span = await spanBefore(log, before, bounded(limit))
    const found = await read(log, span, olderPage)
    const low = found?.[0]?.seq ?? span.low
    return (
      found &&
      pageText({ ...headOf(log), ...texts(found), more: low > firstSeq(log), ...(reset && { reset }) })
    )
  }

  async function pageAfter(log: Log, position: Position, limit: number) {
    const reason = await resetReason(log, position)
    if (reason) return pageBefore(log, log.head.nth + 1, Math.min(limit, resetMessages), { reason })
    const span = { low: position.seq + 1, high: Math.min(position.seq + bounded(limit), log.head.seq) }
    const found = await read(log, span, newerPage)
    const high = found?.at(-1)?.seq ?? span.high
    return found && pageText({ ...headOf(log), ...texts(found), more: high < log.head.seq })
  }

  return {
    page(key, range) {
      return deadlines.persist(async () => {
        const log = await find(key)
        if (!log) return null
        const newest = log.head.nth + 1
        const reading =
          'after' in range
            ? pageAfter(log, range.after, range.limit)
            : pageBefore(
                log,
                'before' in range ? range.before : newest,
                'newest' in range ? range.newest : range.limit,
              )
        const text = await reading
        return text === undefined ? undefined : { text, head: log.head.seq }
      })
    },

    async entries({ workspace_id, stream }, after) {
      const rows = entries.each(
        { workspace_id, stream, seq: within(after + 1, after + limits.page_entries) },
        { fields: ['text', 'sid'], sort: { seq: 1 }, batch: pageBatch },
      )
      return (await takeFitting(rows, limits.page_bytes)).fitting
    },

    messages(key, max) {
      return deadlines.persist(async () => {
        const log = await find(key)
        if (!log) return '[]'
        const span = await spanBefore(log, log.head.nth + 1, max.entries)
        const found = await read(log, span, { loose: 'older', maxBytes: max.bytes, batch: messagesBatch })
        return found && `[${texts(found).entries}]`
      })
    },
  }
}

type EntryText = Pick<EntryRow, 'seq' | 'text'>

/** The first rows that fit together, with a comma between them; one always does. */
async function takeFitting<Row extends { readonly text: string }>(
  rows: AsyncIterable<Row>,
  maxBytes: number,
): Promise<{ fitting: Row[]; isCut: boolean }> {
  const fitting: Row[] = []
  let bytes = -1
  for await (const row of rows) {
    bytes += Buffer.byteLength(row.text) + 1
    if (fitting.length > 0 && bytes > maxBytes) return { fitting, isCut: true }
    fitting.push(row)
  }
  return { fitting, isCut: false }
}

function texts(entries: readonly EntryText[]): { entries: string } {
  return { entries: entries.map(({ text }) => text).join() }
}

function bounded(limit: number): number {
  return Math.min(limit, limits.page_entries)
}

function headOf(log: Log): Pick<Page, 'stream' | 'epoch' | 'head' | 'first_seq'> {
  return { stream: log.key.stream, epoch: log.epoch, head: log.head, first_seq: firstSeq(log) }
}
