import { MetBadPageError, problemOf, type Report } from './damage.ts'
import type { EmbeddedLog } from './logs.ts'
import { type Database, isCorruption } from './sqlite.ts'

/** Where entries cannot be read. SQLite commits no transaction that has met such a page, so what writes has to know before. */
export interface BadPages {
  /** The seq of the next entry behind one that is known to be unreadable. */
  after(log: EmbeddedLog, seq: number): number
  /** Reads entries that follow a seq. @throws MetBadPageError, once, where one of them is unreadable */
  read<Row>(log: EmbeddedLog, span: { readonly from: number; readonly most: number }, run: () => Row[]): Row[]
}

export function badPages(db: Database, report: Report): BadPages {
  const row = db.prepare('SELECT * FROM entries WHERE stream_n = ? AND seq = ?')
  const known = new Map<number, number[]>()

  function isReadable({ n, key: { workspace_id, stream } }: EmbeddedLog, seq: number): boolean {
    try {
      row.get(n, seq)
      return true
    } catch (error) {
      if (!isCorruption(error)) throw error
      report({ workspace_id, collection: 'entries', place: `${stream} ${seq}`, problem: problemOf(error) })
      return false
    }
  }

  return {
    after: ({ n }, seq) => known.get(n)?.find((bad) => bad > seq) ?? Number.POSITIVE_INFINITY,

    read(log, { from, most }, run) {
      try {
        return run()
      } catch (error) {
        if (!isCorruption(error)) throw error
        const seqs = Array.from({ length: Math.min(most, log.head.seq - from) }, (_, at) => from + 1 + at)
        const bad = seqs.filter((seq) => !isReadable(log, seq))
        if (bad.length === 0) throw error
        known.set(
          log.n,
          [...(known.get(log.n) ?? []), ...bad].sort((a, b) => a - b),
        )
        throw new MetBadPageError('A page of the file is damaged', { cause: error })
      }
    },
  }
}
