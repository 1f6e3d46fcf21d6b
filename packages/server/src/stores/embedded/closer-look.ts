import type { Deletion } from '@dowellchat/protocol'
import { damagedMessage, deletionOf, type RemovableRow, timeOf } from '../removal.ts'
import type { StreamKey } from '../store.ts'
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
      const isMessage = row?.type !== 'deletion'
      if (isMessage) nth += 1
      const rest = left(log.key, seq, nth, row)
      told.push({
        seq,
        text: JSON.stringify(isMessage ? damagedMessage(rest) : emptyDeletion(rest)),
        sid: null,
      })
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

/** A deletion that removes nothing: nobody knows any more what it removed. */
function emptyDeletion({ _id, stream, seq, nth }: RemovableRow): Deletion {
  const created_at = new Date(timeOf(_id)).toISOString()
  return deletionOf(stream, { _id, seq, nth, created_at }, { targets: [], reason: 'damaged' })
}

const plainId = /^[\w:.~-]{1,128}$/

/** What is left of a damaged row. Without an id of its own it gets one of its place, the same whenever it is read. */
function left({ stream }: StreamKey, seq: number, nth: number, row: Row | undefined): RemovableRow {
  const _id = typeof row?._id === 'string' && plainId.test(row._id) ? row._id : `damaged-${seq}`
  const cid = typeof row?.cid === 'string' ? row.cid : _id
  const own =
    row && typeof row.nth === 'number' && Number.isSafeInteger(row.nth) && row.nth >= 0 ? row.nth : nth
  return { _id, stream, seq, nth: own, author: '', cid, fingerprint: '', text: '' }
}
