import type { RemovableRow } from '../removal.ts'
import { damagedText } from '../told.ts'
import { damageOf } from '../whole-entries.ts'
import type { Report } from './damage.ts'
import type { EmbeddedLog } from './logs.ts'
import { type Database, isCorruption } from './sqlite.ts'

/** An entry as it can be told: its own text, or that of a removed message. */
export interface ToldEntry {
  readonly seq: number
  readonly text: string
  readonly sid: string | null
}

interface Row extends Omit<RemovableRow, 'stream'> {
  readonly type: string | null
  readonly sid: string | null
}

interface Span {
  readonly low: number
  readonly high: number
  readonly messagesOnly: boolean
}

/** Reads entries one by one: what cannot be read is told as a removed message, and reported. */
export type CloserLook = (log: EmbeddedLog, span: Span) => ToldEntry[]

export function closerLook(db: Database, report: Report): CloserLook {
  const rowAt = db.prepare<Row>(
    `SELECT seq, nth, id AS _id, type, author, cid, fingerprint, sid, text FROM entries
     WHERE stream_n = ? AND seq = ?`,
  )

  /** A row, or what is wrong with it. */
  function look(n: number, seq: number, stream: string): [row: Row | undefined, problem: string | undefined] {
    try {
      const row = rowAt.get(n, seq)
      if (!row) return [undefined, 'it is missing']
      return [row, damageOf(row.text, { ...row, stream }) ?? placeProblem(row, seq)]
    } catch (error) {
      if (!isCorruption(error)) throw error
      return [undefined, 'its page of the file is damaged']
    }
  }

  return (log, { low, high, messagesOnly }) => {
    const { workspace_id, stream } = log.key
    const told: ToldEntry[] = []
    let nth = nthBefore(log, low)
    for (let seq = low; seq <= high; seq++) {
      const [row, problem] = look(log.n, seq, stream)
      if (messagesOnly && row && row.type !== null) continue
      if (problem === undefined && row) {
        nth = row.nth
        told.push({ seq, text: row.text, sid: row.sid })
        continue
      }
      report({
        workspace_id,
        collection: 'entries',
        place: `${stream} ${seq}`,
        problem: problem ?? 'it is missing',
      })
      if (!row?.type) nth += 1
      told.push({ seq, text: damagedText(row ?? {}, { stream, seq, nth }), sid: null })
    }
    return told
  }

  /** The nth of the entry before, which its own row says best. */
  function nthBefore(log: EmbeddedLog, low: number): number {
    try {
      return (
        rowAt.get(log.n, low - 1)?.nth ?? Math.max(log.pruned.nth, log.head.nth - (log.head.seq - low) - 1)
      )
    } catch (error) {
      if (!isCorruption(error)) throw error
      return Math.max(log.pruned.nth, log.head.nth - (log.head.seq - low) - 1)
    }
  }
}

function placeProblem(row: Row, seq: number): string | undefined {
  if (row.seq !== seq) return 'its row is of another seq'
  return typeof row.nth === 'number' ? undefined : 'its nth is wrong'
}
