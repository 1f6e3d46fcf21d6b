import { planLast, planUnread } from '../ends.ts'
import { type Place, runPlanner } from '../places.ts'
import type { EndAsked, StreamEnd } from '../store.ts'
import type { CloserLook } from './closer-look.ts'
import type { EmbeddedLog } from './logs.ts'
import type { Database } from './sqlite.ts'

/** Where a log ends, and how much of it somebody has not read. */
export function embeddedEnds(
  db: Database,
  look: CloserLook,
): (log: EmbeddedLog, asked: EndAsked) => StreamEnd {
  const place = db.prepare<Place>('SELECT id, nth FROM entries WHERE stream_n = ? AND seq = ?')
  const byOthers = db.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM entries WHERE stream_n = ? AND seq BETWEEN ? AND ? AND type IS NULL
     AND author NOT IN (SELECT value FROM json_each(?))`,
  )
  const placesOf =
    ({ n }: EmbeddedLog) =>
    (seq: number) =>
      place.get(n, seq)

  function unreadOf(log: EmbeddedLog, mark: NonNullable<EndAsked['mark']>): number {
    const span = runPlanner(planUnread(log, mark), placesOf(log))
    if (!span) return 0
    const { count = 0 } = byOthers.get(log.n, span.low, span.high, JSON.stringify(mark.user_ids)) ?? {}
    return count + span.unseen
  }

  function lastOf(log: EmbeddedLog): string | null {
    const seq = runPlanner(planLast(log), placesOf(log))
    if (seq === undefined) return null
    return look(log, { low: seq, high: seq, messagesOnly: true })[0]?.text ?? null
  }

  return (log, { mark, withLast = false }) => ({
    epoch: log.epoch,
    head: log.head,
    last: withLast ? lastOf(log) : null,
    unread: mark ? unreadOf(log, mark) : 0,
    mentions: null,
  })
}
