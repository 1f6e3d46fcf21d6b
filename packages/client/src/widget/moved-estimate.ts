import type { DataOf, PushOf } from '../entities.ts'

export type Estimate = DataOf<'get_estimate'>
type Moved = PushOf<'line_moved'>

/** Tickets before one are counted up to here. */
export const mostAhead = 1_000

/**
 * What an estimate is once its line has moved. Undefined where that cannot be told from the push: the ticket itself has left the
 * line, more has happened than is said, or so many are before it that they were not counted.
 */
export function movedEstimate(estimate: Estimate, moved: Moved): Estimate | undefined {
  const { left, joined, is_incomplete, speed, reason, computed_at } = moved
  if (computed_at < estimate.computed_at) return estimate
  const isGone = estimate.ticket_id !== null && left.includes(estimate.order)
  if (is_incomplete || isGone || estimate.ahead >= mostAhead) return undefined
  const count = (orders: readonly string[]): number =>
    orders.filter((order) => isBefore(order, estimate)).length
  const ahead = Math.max(0, estimate.ahead - count(left) + count(joined))
  // Only the server knows when its people work again.
  if (reason !== estimate.reason && reason !== null) return undefined
  return { ...estimate, ahead, position: ahead + 1, speed, reason, computed_at }
}

/** A ticket that would be opened now is behind all of its own priority and higher ones, which is what `order` begins with. */
function isBefore(order: string, { ticket_id, order: own }: Estimate): boolean {
  return ticket_id === null ? order.charAt(0) <= own.charAt(0) : order < own
}
