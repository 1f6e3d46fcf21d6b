import { MetBadPageError, problemOf, type Report } from './damage.ts'
import type { EmbeddedLog } from './logs.ts'
import { type Database, isCorruption } from './sqlite.ts'

/** Where entries cannot be read. SQLite commits no transaction that has met such a page, so what writes has to know before. */
export interface BadPages {
  /** Up to where the entries that follow a seq can be read, as far as is known. */
  readableAfter(log: EmbeddedLog, seq: number): number
  /** Reads up to `most` entries that follow a seq. @throws MetBadPageError, once, where one of them is unreadable */
  read<Row>(
    log: EmbeddedLog,
    span: { readonly from: number; readonly to: number; readonly most: number },
    run: () => Row[],
  ): Row[]
}

export function badPages(db: Database, report: Report): BadPages {
  const rowAt = db.prepare('SELECT * FROM entries WHERE stream_n = ? AND seq = ?')
  const known = new Map<number, number[]>()

  function look({ n, key: { workspace_id, stream } }: EmbeddedLog, seq: number): 'bad' | 'missing' | 'there' {
    try {
      return rowAt.get(n, seq) ? 'there' : 'missing'
    } catch (error) {
      if (!isCorruption(error)) throw error
      report({ workspace_id, collection: 'entries', place: `${stream} ${seq}`, problem: problemOf(error) })
      return 'bad'
    }
  }

  return {
    readableAfter: ({ n, head }, seq) => (known.get(n)?.find((bad) => bad > seq) ?? head.seq + 1) - 1,

    read(log, { from, to, most }, run) {
      try {
        return run()
      } catch (error) {
        if (!isCorruption(error)) throw error
        const bad: number[] = []
        for (let [seq, met] = [from + 1, 0]; seq <= to && met < most; seq++) {
          const found = look(log, seq)
          if (found === 'bad') bad.push(seq)
          if (found !== 'missing') met += 1
        }
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
