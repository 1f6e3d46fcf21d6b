import type { Ticket } from '@dowellchat/client'
import { customerOf } from '../tickets/ticket-words.ts'

/** How long somebody waited, beside what was predicted while they did; minutes since the ticket came into the line. */
export interface Wait {
  readonly ticketId: string
  readonly customer: string
  readonly actual: number
  /** Null where the page has not seen it wait. */
  readonly predicted: number | null
}

const minute = 60_000
const most = 200

/** What a waiting ticket is predicted to wait in all, by the middle of its estimate; null where nobody can say. */
export function predictionOf({ state, enqueued_at, waiting_time }: Ticket, now: number): number | null {
  if (state !== 'waiting' || waiting_time === null) return null
  return Math.max(0, now - Date.parse(enqueued_at)) / minute + waiting_time
}

/** How long a ticket waited until somebody had it; null as long as nobody has. */
export function waitOf({ enqueued_at, assigned_at, answered_at }: Ticket): number | null {
  // A ticket that was passed on is assigned later than it was answered.
  const until = [assigned_at, answered_at].filter((at) => at !== null).map(Date.parse)
  return until.length === 0 ? null : Math.max(0, Math.min(...until) - Date.parse(enqueued_at)) / minute
}

/** Adds what is predicted of those that wait. The first prediction counts, as it is what the customer was told. */
export function withPredictions(
  known: ReadonlyMap<string, number>,
  waiting: readonly Ticket[],
  now: number,
): ReadonlyMap<string, number> {
  const added = waiting.flatMap((ticket) => {
    const predicted = known.has(ticket._id) ? null : predictionOf(ticket, now)
    return predicted === null ? [] : [[ticket._id, predicted] as const]
  })
  return added.length === 0 ? known : new Map([...known, ...added].slice(-most))
}

/** The waits of those that somebody has, the latest last. */
export function latestWaits(
  tickets: readonly Ticket[],
  predictions: ReadonlyMap<string, number>,
  count: number,
): readonly Wait[] {
  const waits = tickets.flatMap((ticket) => {
    const actual = waitOf(ticket)
    if (actual === null) return []
    const { _id: ticketId } = ticket
    return [{ ticketId, customer: customerOf(ticket), actual, predicted: predictions.get(ticketId) ?? null }]
  })
  return waits.slice(0, count).reverse()
}
