import type { Ticket } from '../tickets.ts'

const ranks: { readonly [K in Ticket['priority']]: number } = { urgent: 0, high: 1, normal: 2, low: 3 }

/**
 * Where a ticket stands in its line, as a text to compare: higher priorities first, then who has been in the line longest. Ids rise
 * with their time, so they decide between two of the same millisecond.
 */
export function lineOrder({
  priority,
  enqueued_at,
  _id,
}: Pick<Ticket, 'priority' | 'enqueued_at' | '_id'>): string {
  return `${ranks[priority]} ${enqueued_at} ${_id}`
}

/** Whose line it is, from the name that `topicLine` or `managerLine` has made; null for other texts. */
export function lineOwner(
  line: string,
): { readonly kind: 'topic' | 'manager'; readonly name: string } | null {
  const at = line.indexOf(':')
  const kind = line.slice(0, at)
  return kind === 'topic' || kind === 'manager' ? { kind, name: line.slice(at + 1) } : null
}

/** The line of those who wait for any line manager of a topic. */
export function topicLine(product: string): string {
  return `topic:${product}`
}

/** The line of those whom a line manager has and has not answered. */
export function managerLine(userId: string): string {
  return `manager:${userId}`
}
