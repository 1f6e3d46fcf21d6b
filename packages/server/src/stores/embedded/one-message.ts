import type { Message } from '@dowellchat/protocol'
import { type Place, placeOfId, runPlanner } from '../places.ts'
import type { MessageTarget } from '../store.ts'
import { closerLook } from './closer-look.ts'
import type { Report } from './damage.ts'
import type { EmbeddedLog } from './logs.ts'
import type { Database } from './sqlite.ts'

/** Finds one message by its place, or by its id alone. */
export function embeddedMessage(
  db: Database,
  report: Report,
): (log: EmbeddedLog, target: MessageTarget) => Message | null {
  const look = closerLook(db, report)
  const place = db.prepare<Place>('SELECT id, nth FROM entries WHERE stream_n = ? AND seq = ?')
  const near = db.prepare<{ seq: number }>(
    'SELECT seq FROM entries WHERE stream_n = ? AND seq BETWEEN ? AND ? AND id = ?',
  )

  function seqOf(log: EmbeddedLog, id: string): number | undefined {
    const span = runPlanner(placeOfId(log, id), (seq) => place.get(log.n, seq))
    return span && near.get(log.n, span.low, span.high, id)?.seq
  }

  return (log, { id, seq = seqOf(log, id) }) => {
    if (seq === undefined || seq <= log.pruned.seq || seq > log.head.seq) return null
    const [told] = look(log, { low: seq, high: seq, messagesOnly: true })
    // The text is a message's that this engine made.
    const message = told && (JSON.parse(told.text) as Message)
    return message?._id === id ? message : null
  }
}
