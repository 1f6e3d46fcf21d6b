import { limits, type Page, type Position, type ResetReason } from '@dowellchat/protocol'
import { pageText } from '../page-text.ts'
import type { PageRange, StoredEntry } from '../store.ts'
import { firstSeq, type Log } from './logs.ts'
import type { Database } from './sqlite.ts'

/** How many messages at most replace what a position cannot be continued with. */
const resetMessages = 50

/** Some entries that follow each other; none where `high` is below `low`. */
interface Span {
  readonly low: number
  readonly high: number
}

/** What is read of a log, as JSON. */
export interface Pages {
  page(log: Log, range: PageRange): string
  entries(log: Log, after: number): StoredEntry[]
  messages(log: Log, max: { entries: number; bytes: number }): string
}

/** Reads pages by putting kept texts next to each other; none is parsed. */
export function embeddedPages(db: Database): Pages {
  const span = 'FROM entries WHERE stream_n = ? AND seq BETWEEN ? AND ? ORDER BY seq'
  // No row where they are too long together.
  const concatenated = db.prepare<{ texts: string | null }>(
    `SELECT group_concat(text) AS texts FROM (SELECT text ${span})
     HAVING coalesce(sum(octet_length(text)), 0) + count(*) - 1 <= ?`,
  )
  const lengths = db.prepare<{ seq: number; bytes: number }>(
    `SELECT seq, octet_length(text) AS bytes ${span}`,
  )
  const kept = db.prepare<StoredEntry & { bytes: number }>(
    `SELECT text, sid, octet_length(text) AS bytes ${span}`,
  )
  const placeOf = db.prepare<{ nth: number; id: string }>(
    'SELECT nth, id FROM entries WHERE stream_n = ? AND seq = ?',
  )

  /** The first seq up to which the stream has `nth` messages; nth never falls as seq rises, and never exceeds it. */
  function seqOf(log: Log, nth: number): number {
    const { n, head } = log
    // Nothing but messages so far.
    if (head.seq === head.nth) return nth
    let low = Math.max(nth, firstSeq(log))
    let high = head.seq
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if ((placeOf.get(n, middle)?.nth ?? 0) < nth) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The messages before the `before`th, at most `limit`. */
  function spanBefore(log: Log, before: number, limit: number): Span {
    const end = Math.min(before, log.head.nth + 1)
    return {
      low: Math.max(seqOf(log, Math.max(end - limit, 1)), firstSeq(log)),
      high: end > log.head.nth ? log.head.seq : seqOf(log, end) - 1,
    }
  }

  /** The entries of a span as one text, cut at its `loose` end to what fits; one of them always does. */
  function read(
    log: Log,
    { low, high }: Span,
    loose: 'older' | 'newer',
    maxBytes: number,
  ): Span & { texts: string } {
    if (high < low) return { low, high, texts: '' }
    const row = concatenated.get(log.n, low, high, maxBytes)
    if (row) return { low, high, texts: row.texts ?? '' }
    const rows = lengths.all(log.n, low, high)
    if (loose === 'older') rows.reverse()
    const seqs = fitting(rows, maxBytes).map(({ seq }) => seq)
    const cut = { low: Math.min(...seqs), high: Math.max(...seqs) }
    return { ...cut, texts: concatenated.get(log.n, cut.low, cut.high, Number.MAX_SAFE_INTEGER)?.texts ?? '' }
  }

  function idAt({ n, pruned }: Log, seq: number): string | null | undefined {
    return seq === pruned.seq ? pruned.id : placeOf.get(n, seq)?.id
  }

  function resetReason(log: Log, position: Position): ResetReason | undefined {
    if (position.epoch !== log.epoch) return 'epoch'
    if (position.seq > log.head.seq) return 'ahead'
    if (position.seq < log.pruned.seq) return 'truncated'
    if (position.seq > 0 && idAt(log, position.seq) !== position.id) return 'replaced'
    return undefined
  }

  function newestPage(log: Log, before: number, limit: number, reset?: { reason: ResetReason }): string {
    const { low, texts } = read(log, spanBefore(log, before, bounded(limit)), 'older', limits.page_bytes)
    return pageText({ ...headOf(log), entries: texts, more: low > firstSeq(log), ...(reset && { reset }) })
  }

  function pageAfter(log: Log, position: Position, limit: number): string {
    const reason = resetReason(log, position)
    if (reason) return newestPage(log, log.head.nth + 1, Math.min(limit, resetMessages), { reason })
    const span = { low: position.seq + 1, high: Math.min(position.seq + bounded(limit), log.head.seq) }
    const { high, texts } = read(log, span, 'newer', limits.page_bytes)
    return pageText({ ...headOf(log), entries: texts, more: high < log.head.seq })
  }

  return {
    page(log, range) {
      if ('after' in range) return pageAfter(log, range.after, range.limit)
      if ('before' in range) return newestPage(log, range.before, range.limit)
      return newestPage(log, log.head.nth + 1, range.newest)
    },

    entries(log, after) {
      const rows = kept.all(log.n, after + 1, after + limits.page_entries)
      // SQLite's rows have no prototype, which readers do not expect.
      return fitting(rows, limits.page_bytes).map(({ text, sid }) => ({ text, sid }))
    },

    messages(log, { entries, bytes }) {
      return `[${read(log, spanBefore(log, log.head.nth + 1, entries), 'older', bytes).texts}]`
    },
  }
}

/** The first rows that fit together, with a comma between them; one always does. */
function fitting<Row extends { bytes: number }>(rows: readonly Row[], maxBytes: number): Row[] {
  let bytes = -1
  return rows.filter((row, index) => {
    bytes += row.bytes + 1
    return index === 0 || bytes <= maxBytes
  })
}

function bounded(limit: number): number {
  return Math.min(limit, limits.page_entries)
}

function headOf(log: Log): Pick<Page, 'stream' | 'epoch' | 'head' | 'first_seq'> {
  const { stream, epoch, head } = log
  return { stream, epoch, head, first_seq: firstSeq(log) }
}
