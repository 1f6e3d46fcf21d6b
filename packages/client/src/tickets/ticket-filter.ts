import { normalName, topicName } from '@dowellchat/protocol/core'
import type { TicketState } from '../entities.ts'

/**
 * Which tickets a list has, and in which order; without a field, all of them, newest first.
 *
 * @example
 * const mine: TicketFilter = { line_manager: 'meg', is_closed: false, order: 'last_activity', details: true }
 * const waiting: TicketFilter = { states: ['waiting'], order: 'longest_waiting' }
 */
export interface TicketFilter {
  /** The name of their topic. */
  readonly product?: string | undefined
  readonly is_closed?: boolean | undefined
  readonly states?: readonly TicketState[] | undefined
  /** The user id of the line manager who has them; null: those that nobody has. */
  readonly line_manager?: string | null | undefined
  readonly tag?: string | undefined
  /** Looked for in subjects, names and ids of customers. */
  readonly text?: string | undefined
  /** Those opened on a day, `YYYY-MM-DD` in UTC. */
  readonly day?: string | undefined
  /** `longest_waiting`: as the line serves them. Default: `newest`. */
  readonly order?: 'newest' | 'longest_waiting' | 'last_activity' | undefined
  /** Also each ticket's `last` message and how many are `unread`; both are kept current. */
  readonly details?: boolean | undefined
}

/** A filter as text: the same for all that say the same. */
export function filterKey({ product, states, text = '', details, ...filter }: TicketFilter): string {
  const { is_closed, line_manager, tag, day, order } = filter
  return JSON.stringify({
    product: product === undefined ? product : topicName(product),
    states: states && [...new Set(states)].sort(),
    text: normalName(text) || undefined,
    order: order === 'newest' ? undefined : order,
    details: details || undefined,
    ...{ is_closed, line_manager, tag, day },
  })
}
