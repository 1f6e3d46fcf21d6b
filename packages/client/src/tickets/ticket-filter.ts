/**
 * Which tickets a list has; without a field, all of them.
 *
 * @example
 * const filter: TicketFilter = { product: 'billing', is_closed: false }
 */
export interface TicketFilter {
  /** The name of their topic. */
  readonly product?: string | undefined
  readonly is_closed?: boolean | undefined
}
