import type { LineSpeed } from '@dowellchat/protocol'
import { estimateWait } from '@dowellchat/protocol/lines'
import type { PushOf, WaitingEstimate } from '../entities.ts'
import type { Queue } from './queue-state.ts'

export type LineMove = PushOf<'line_moved'>

/** From here on the server counts no further. */
const mostCounted = 1_000

/** What an estimate becomes by what has happened in its line; null where only the server can say. */
export function movedEstimate(known: WaitingEstimate, move: LineMove): WaitingEstimate | null {
  if (move.line !== known.line || move.computed_at <= known.computed_at) return known
  if (move.is_incomplete || (known.ticket_id !== null && move.left.includes(known.order))) return null
  // Only the server knows when they are back.
  if (move.reason === 'closed_hours' && known.reason !== 'closed_hours') return null
  const before = (orders: readonly string[]): number => orders.filter((one) => isBefore(one, known)).length
  const [left, joined] = [before(move.left), before(move.joined)]
  if (known.ahead >= mostCounted && left > 0) return null
  const ahead = Math.min(known.ahead - left + joined, mostCounted)
  if (ahead < 0) return null
  // That of the ticket, and not of its line.
  const reason = known.reason === 'on_hold' ? known.reason : move.reason
  const isSame = ahead === known.ahead && reason === known.reason && isEven(move.speed, known.speed)
  // Its turn comes when it was said to: what was waited meanwhile counts.
  return isSame ? known : estimated({ ...known, ahead }, { ...move, reason })
}

function estimated(known: WaitingEstimate, { speed, reason, computed_at }: LineMove): WaitingEstimate {
  const wait = reason === null ? estimateWait(known.ahead, speed as LineSpeed) : null
  const { low, middle, high } = wait ?? { low: null, middle: null, high: null }
  return {
    ...{ ...known, position: known.ahead + 1, speed, low, middle, high, computed_at },
    reason: reason ?? (wait ? null : 'nobody_online'),
    opens_at: reason === 'closed_hours' ? known.opens_at : null,
  }
}

/** A ticket that is not opened yet would come behind all of its own priority: the first figure of an order. */
function isBefore(order: string, { ticket_id, order: own }: WaitingEstimate): boolean {
  return ticket_id === null ? order.slice(0, 1) <= own.slice(0, 1) : order < own
}

function isEven(a: WaitingEstimate['speed'], b: WaitingEstimate['speed']): boolean {
  const keys = Object.keys(a) as (keyof WaitingEstimate['speed'])[]
  return keys.every((key) => a[key] === b[key])
}

/** What is shown of an estimate; of null, that there is nothing to wait for any more. */
export function queueOf(estimate: WaitingEstimate | null): Queue {
  if (estimate === null)
    return { estimate, isAvailable: true, soonestAt: null, expectedAt: null, latestAt: null }
  const start = Date.parse(estimate.computed_at)
  const at = (minutes: number | null): string | null =>
    minutes === null ? null : new Date(start + minutes * 60_000).toISOString()
  const { low, middle, high, reason } = estimate
  return {
    ...{ estimate, isAvailable: reason === null },
    ...{ soonestAt: at(low), expectedAt: at(middle), latestAt: at(high) },
  }
}
