import { limits } from '@dowellchat/protocol'
import {
  planMessages,
  planPage,
  type Reading,
  readingAfter,
  readingRest,
  type Span,
  type Texts,
  textOfPage,
} from '../page-planner.ts'
import { fitting } from '../page-text.ts'
import { type Place, runPlanner } from '../places.ts'
import type { PageRange, StoredEntry } from '../store.ts'
import { areWhole } from '../whole-entries.ts'
import { closerLook, type ToldEntry } from './closer-look.ts'
import type { Report } from './damage.ts'
import type { EmbeddedLog } from './logs.ts'
import { type Database, isCorruption } from './sqlite.ts'

/** Reads parts of a log; `page` and `messages` answer JSON. */
export interface Pages {
  page(log: EmbeddedLog, range: PageRange): string
  entries(log: EmbeddedLog, after: number): StoredEntry[]
  messages(log: EmbeddedLog, max: { entries: number; bytes: number }): string
}

/**
 * Reads a page with one statement, in which SQLite joins the entries' texts. Where what it reads is not whole, it reads entry
 * by entry.
 */
export function embeddedPages(db: Database, report: Report): Pages {
  const span = 'FROM entries WHERE stream_n = ? AND seq BETWEEN ? AND ?'
  const ofAll = statements(db, `${span} ORDER BY seq`)
  const ofMessages = statements(db, `${span} AND type IS NULL ORDER BY seq`)
  const stored = db.prepare<StoredEntry & Length & { id: string }>(
    `SELECT seq, id, text, sid, octet_length(text) AS bytes ${span} ORDER BY seq`,
  )
  const place = db.prepare<Place>('SELECT id, nth FROM entries WHERE stream_n = ? AND seq = ?')
  const look = closerLook(db, report)

  const placesOf =
    ({ n }: EmbeddedLog) =>
    (seq: number) =>
      unlessDamaged(() => place.get(n, seq))

  /** Undefined where something is not as it was written. */
  function readWhole({ n, key }: EmbeddedLog, reading: Reading): Texts | undefined {
    const { low, high, messagesOnly, maxBytes, count } = reading
    const { joined, lengths } = messagesOnly ? ofMessages : ofAll
    const { stream } = key
    const row = joined.get(n, low, high, maxBytes)
    if (row) {
      const { texts, ids } = row
      const expected = { stream, low, high, messagesOnly, count, ids: String(ids) }
      if (texts === null) return count === 0 ? { low, high, texts: '' } : undefined
      return areWhole(texts, expected) ? { low, high, texts } : undefined
    }
    const cut = fittingSpan(lengths.all(n, low, high), reading)
    if (cut.high < cut.low) return { ...cut, texts: '' }
    const { texts, ids } = joined.get(n, cut.low, cut.high, Number.MAX_SAFE_INTEGER) ?? {}
    const expected = { stream, ...cut, messagesOnly, count: undefined, ids: String(ids) }
    return texts && areWhole(texts, expected) ? { ...cut, texts } : undefined
  }

  function read(log: EmbeddedLog, reading: Reading): Texts {
    const { low, high } = reading
    if (high < low) return { low, high, texts: '' }
    const whole = unlessDamaged(() => readWhole(log, reading))
    if (whole) return whole
    const told = look(log, reading)
    const cut = fittingSpan(told.map(lengthOf), reading)
    const texts = told.filter(({ seq }) => seq >= cut.low && seq <= cut.high).map(({ text }) => text)
    // What is left out at the loose end comes with the next page.
    return { ...(texts.length === told.length ? { low, high } : cut), texts: texts.join() }
  }

  /** Undefined where something is not as it was written. */
  function entriesWhole({ n, key }: EmbeddedLog, low: number, high: number): StoredEntry[] | undefined {
    const rows = stored.all(n, low, high)
    const expected = { stream: key.stream, messagesOnly: false, count: undefined }
    const isWhole = rows.every(
      ({ seq, id, text }, at) =>
        seq === low + at && areWhole(String(text), { ...expected, low: seq, high: seq, ids: id }),
    )
    if (!isWhole || rows.length !== Math.max(high - low + 1, 0)) return undefined
    const fits = fitting(limits.page_bytes)
    // SQLite's rows have no prototype, which readers do not expect.
    return rows.filter(({ bytes }) => fits(bytes)).map(({ text, sid }) => ({ text, sid }))
  }

  return {
    page(log, range) {
      const plan = runPlanner(planPage(log, range), placesOf(log))
      const found = read(log, plan)
      return textOfPage(log, plan, found, plan.newer && read(log, readingRest(plan.newer, found)))
    },

    entries(log, after) {
      const from = Math.max(after, log.pruned.seq)
      const { low, high } = readingAfter(from, Math.min(from + limits.page_entries, log.head.seq))
      const whole = unlessDamaged(() => entriesWhole(log, low, high))
      if (whole) return whole
      const fits = fitting(limits.page_bytes)
      return look(log, { low, high, messagesOnly: false })
        .filter(({ text }) => fits(Buffer.byteLength(text)))
        .map(({ text, sid }) => ({ text, sid }))
    },

    messages(log, max) {
      const reading = runPlanner(planMessages(log, max), placesOf(log))
      return `[${read(log, reading).texts}]`
    },
  }
}

/** Undefined where a page of the file is damaged. */
function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isCorruption(error)) return undefined
    throw error
  }
}

function lengthOf({ seq, text }: ToldEntry): Length {
  return { seq, bytes: Buffer.byteLength(text) }
}

interface Length {
  readonly seq: number
  readonly bytes: number
}

/** The statements that read a span. */
function statements(db: Database, span: string) {
  return {
    // No row if the texts are too long together.
    joined: db.prepare<{ texts: string | null; ids: string | null }>(
      `SELECT group_concat(text) AS texts, group_concat(id) AS ids FROM (SELECT text, id ${span})
       HAVING coalesce(sum(octet_length(text)), 0) + count(*) - 1 <= ?`,
    ),
    lengths: db.prepare<Length>(`SELECT seq, octet_length(text) AS bytes ${span}`),
  }
}

/** The part of a reading's span that fits; its end that is not loose stays. */
function fittingSpan(lengths: readonly Length[], { low, high, loose, maxBytes, mayBeEmpty }: Reading): Span {
  const rows = loose === 'older' ? lengths.toReversed() : lengths
  const fits = fitting(maxBytes, !mayBeEmpty)
  const last = rows.filter(({ bytes }) => fits(bytes)).at(-1)?.seq
  if (loose === 'older') return { low: last ?? high + 1, high }
  return { low, high: last ?? low - 1 }
}
