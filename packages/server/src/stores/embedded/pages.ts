import {
  type Place,
  planMessages,
  planPage,
  type Reading,
  readingAfter,
  runPlanner,
  type Span,
  type Texts,
  textOfPage,
} from '../page-planner.ts'
import { fitting } from '../page-text.ts'
import type { PageRange, StoredEntry } from '../store.ts'
import type { EmbeddedLog } from './logs.ts'
import type { Database } from './sqlite.ts'

/** Reads parts of a log; `page` and `messages` answer JSON. */
export interface Pages {
  page(log: EmbeddedLog, range: PageRange): string
  entries(log: EmbeddedLog, after: number): StoredEntry[]
  messages(log: EmbeddedLog, max: { entries: number; bytes: number }): string
}

/** Reads a page with one statement, in which SQLite joins the entries' texts. */
export function embeddedPages(db: Database): Pages {
  const span = 'FROM entries WHERE stream_n = ? AND seq BETWEEN ? AND ?'
  const ofAll = statements(db, `${span} ORDER BY seq`)
  const ofMessages = statements(db, `${span} AND type IS NULL ORDER BY seq`)
  const stored = db.prepare<StoredEntry & { bytes: number }>(
    `SELECT text, sid, octet_length(text) AS bytes ${span} ORDER BY seq`,
  )
  const place = db.prepare<Place>('SELECT id, nth FROM entries WHERE stream_n = ? AND seq = ?')

  const placesOf =
    ({ n }: EmbeddedLog) =>
    (seq: number) =>
      place.get(n, seq)

  function read({ n }: EmbeddedLog, reading: Reading): Texts {
    const { low, high, messagesOnly, maxBytes } = reading
    if (high < low) return { low, high, texts: '' }
    const { joined, lengths } = messagesOnly ? ofMessages : ofAll
    const row = joined.get(n, low, high, maxBytes)
    if (row) return { low, high, texts: row.texts ?? '' }
    const cut = fittingSpan(lengths.all(n, low, high), reading)
    return { ...cut, texts: joined.get(n, cut.low, cut.high, Number.MAX_SAFE_INTEGER)?.texts ?? '' }
  }

  return {
    page(log, range) {
      const plan = runPlanner(planPage(log, range), placesOf(log))
      return textOfPage(log, plan, read(log, plan))
    },

    entries({ n }, after) {
      const { low, high, maxBytes } = readingAfter(after)
      const fits = fitting(maxBytes)
      const rows = stored.all(n, low, high).filter(({ bytes }) => fits(bytes))
      // SQLite's rows have no prototype, which readers do not expect.
      return rows.map(({ text, sid }) => ({ text, sid }))
    },

    messages(log, max) {
      const reading = runPlanner(planMessages(log, max), placesOf(log))
      return `[${read(log, reading).texts}]`
    },
  }
}

interface Length {
  readonly seq: number
  readonly bytes: number
}

/** The statements that read a span. */
function statements(db: Database, span: string) {
  return {
    // No row if the texts are too long together.
    joined: db.prepare<{ texts: string | null }>(
      `SELECT group_concat(text) AS texts FROM (SELECT text ${span})
       HAVING coalesce(sum(octet_length(text)), 0) + count(*) - 1 <= ?`,
    ),
    lengths: db.prepare<Length>(`SELECT seq, octet_length(text) AS bytes ${span}`),
  }
}

function fittingSpan(lengths: readonly Length[], { loose, maxBytes }: Reading): Span {
  const rows = loose === 'older' ? lengths.toReversed() : lengths
  const fits = fitting(maxBytes)
  const seqs = rows.filter(({ bytes }) => fits(bytes)).map(({ seq }) => seq)
  return { low: Math.min(...seqs), high: Math.max(...seqs) }
}
