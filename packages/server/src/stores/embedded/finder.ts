import { lastBefore, type Place, placeOfId, runPlanner } from '../places.ts'
import type { EmbeddedLog } from './logs.ts'
import type { Database } from './sqlite.ts'

/** Finds the seq of an entry of which only the id is known. */
export function embeddedFinder(db: Database): (log: EmbeddedLog, id: string) => number | null {
  const place = db.prepare<Place>('SELECT id, nth FROM entries WHERE stream_n = ? AND seq = ?')
  const near = db.prepare<{ seq: number }>(
    'SELECT seq FROM entries WHERE stream_n = ? AND seq BETWEEN ? AND ? AND id = ?',
  )
  return (log, id) => {
    const span = runPlanner(placeOfId(log, id), (seq) => place.get(log.n, seq))
    return (span && near.get(log.n, span.low, span.high, id)?.seq) ?? null
  }
}

/** Finds the last entry of a log that was made before a time. */
export function embeddedTimes(db: Database): (log: EmbeddedLog, at: string) => number {
  const place = db.prepare<Place>('SELECT id, nth FROM entries WHERE stream_n = ? AND seq = ?')
  return (log, at) => runPlanner(lastBefore(log, Date.parse(at)), (seq) => place.get(log.n, seq))
}
