import type { TicketRow } from './fields/tickets.ts'
import type { TicketFilter } from './store.ts'

/** `of_day`: as `newest`, by when they were opened alone. */
export type Order = NonNullable<TicketFilter['order']> | 'of_day'

/** Where a ticket is in each order. */
export type Place = Pick<TicketRow, 'line_order' | 'active_at' | 'created_at'> & { readonly n: number }

const textsDown = (a: string, b: string): number => (a > b ? -1 : Number(a < b))

const comparisons: { readonly [K in Order]: (a: Place, b: Place) => number } = {
  newest: (a, b) => b.n - a.n,
  longest_waiting: (a, b) => textsDown(b.line_order, a.line_order),
  last_activity: (a, b) => textsDown(a.active_at, b.active_at) || b.n - a.n,
  of_day: (a, b) => textsDown(a.created_at, b.created_at) || b.n - a.n,
}

/**
 * The order of what a filter lets through. A day's tickets are found by their times, since a clock that was wrong for a moment
 * has put others between their numbers; a user's are few enough to look through.
 */
export function orderOf({ order = 'newest', day, user_ids }: TicketFilter): Order {
  return order === 'newest' && day !== undefined && !user_ids ? 'of_day' : order
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
}

/** What can be looked up in an index. */
export type Wanted = Partial<Pick<TicketRow, 'user_id' | 'product' | 'is_closed' | 'state' | 'line_manager'>>
type Column = keyof Wanted

/** An index, and the columns that it begins with, behind the workspace; what is ordered follows in it. */
export type Index = readonly [name: string, ...columns: Column[]]

/** How tickets are found: by which index, what it looks up, and what it does not have of `wanted`. */
interface Lookup {
  readonly index: string
  readonly wanted: Wanted
  readonly led: Wanted
  readonly rest: Wanted
}

/**
 * How a filter's tickets are found, of one of its users or of all: by the first index that has what is wanted.
 * @param only which rows are in the indexes that have not all
 */
export function lookupOf(
  filter: TicketFilter,
  user_id: string | undefined,
  indexes: { readonly [K in Order]: readonly Index[] },
  only: Readonly<Record<string, Wanted>>,
): Lookup {
  const wanted = wantedOf(filter, user_id)
  const fits = ([name, ...columns]: Index) =>
    columns.every((one) => one in wanted && (only[name]?.[one] ?? wanted[one]) === wanted[one])
  const all = indexes[orderOf(filter)]
  // There is always one: the last of each order asks for no more than the order brings along.
  const [index, ...columns] = all.find(fits) ?? (all.at(-1) as Index)
  const part = (isLed: boolean): Wanted =>
    Object.fromEntries(
      Object.entries(wanted).filter(([name]) => columns.some((one) => one === name) === isLed),
    )
  return { index, wanted, led: part(true), rest: part(false) }
}

function wantedOf(filter: TicketFilter, user_id: string | undefined): Wanted {
  const { product, states, line_manager, order } = filter
  const [state, ...others] = states ?? []
  const isOpen = order === 'longest_waiting' || (states && !states.includes('closed'))
  const isClosed = isOpen ? false : states?.every((one) => one === 'closed') ? true : filter.is_closed
  return {
    ...(user_id !== undefined && { user_id }),
    ...(product !== undefined && { product }),
    ...(line_manager !== undefined && { line_manager }),
    ...(isClosed !== undefined && { is_closed: isClosed }),
    ...(state !== undefined && others.length === 0 && { state }),
  }
}

/** What is found of a filter's tickets, in its order. */
export interface Found<Row> {
  readonly rows: readonly Row[]
  /** Whether others follow, or may follow: they were not looked at. */
  readonly more: boolean
}

/** What is found of each user, in one list. */
export function merged<Row extends Place>(found: readonly Found<Row>[], filter: TicketFilter): Found<Row> {
  const rows = found.flatMap((one) => one.rows).sort(comparisons[orderOf(filter)])
  const { limit } = filter
  return { rows: rows.slice(0, limit), more: rows.length > limit || found.some(({ more }) => more) }
}
