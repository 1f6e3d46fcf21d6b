import { mostLookedThrough, type TicketFilter } from '../store.ts'
import {
  dayAfter,
  type Found,
  type Index,
  lookupOf,
  merged,
  type Order,
  orderOf,
  type Place,
  type Wanted,
} from '../ticket-lists.ts'
import type { Numbers } from './numbers.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { above, below, between, containing, oneOf, toFilter, type Where } from './where.ts'

/** Finds the rows that a filter lets through, in its order, up to its limit. */
type Find = (workspaceId: string, filter: TicketFilter) => Promise<Found<TicketDocument>>
type Conditions = Omit<Where<TicketDocument>, 'workspace_id'>

const sorts = {
  newest: { n: -1 },
  longest_waiting: { line_order: 1 },
  last_activity: { active_at: -1, n: -1 },
  of_day: { created_at: -1, n: -1 },
} as const satisfies { readonly [K in Order]: object }

/** By their names in `ticket-rows.ts`. */
const indexes: { readonly [K in Order]: readonly Index[] } = {
  newest: [
    ['user_product_closed', 'user_id', 'product', 'is_closed'],
    ['user_product', 'user_id', 'product'],
    ['user_closed', 'user_id', 'is_closed'],
    ['user', 'user_id'],
    ['open', 'is_closed', 'line_manager'],
    ['manager', 'line_manager'],
    ['product_closed', 'product', 'is_closed'],
    ['product', 'product'],
    ['state', 'state'],
    ['closed', 'is_closed'],
    ['place'],
  ],
  longest_waiting: [
    ['user_order', 'user_id', 'is_closed'],
    ['line', 'is_closed', 'state', 'product'],
    ['held', 'is_closed', 'line_manager', 'state'],
    ['waiting', 'is_closed', 'state'],
    ['order', 'is_closed'],
  ],
  last_activity: [
    ['user_active', 'user_id'],
    ['manager_active', 'is_closed', 'line_manager'],
    ['open_active', 'is_closed'],
    ['active'],
  ],
  of_day: [['created']],
}

const open = { is_closed: false }

/** The rows of the indexes that have not all; the order of the line has open ones alone. */
const only: Readonly<Record<string, Wanted>> = { open, manager_active: open, open_active: open }

/** What no index has, or another than the one that leads. */
function otherConditions({ states, is_closed, tag, text }: TicketFilter, isClosed: unknown): object[] {
  return [
    ...(states && states.length !== 1 ? [toFilter({ state: oneOf(states) })] : []),
    ...(is_closed !== undefined && is_closed !== isClosed ? [toFilter({ is_closed })] : []),
    ...(tag !== undefined ? [toFilter({ tags: tag })] : []),
    ...(text !== undefined ? [containing(['subject', 'display_name', 'user_id'], text)] : []),
  ]
}

/** @param mostRows how many rows of an index a list looks through */
export function ticketFinder(
  tickets: Rows<TicketDocument>,
  numbers: Numbers,
  mostRows: number = mostLookedThrough,
): Find {
  /** What follows a place in an order, in the ranges that an index reads one after the other. */
  async function ranges(
    workspace_id: string,
    order: Order,
    { before, user_ids, day = '' }: TicketFilter,
  ): Promise<Conditions[]> {
    if (before === undefined) return startOf(workspace_id, order, day)
    const place = await tickets.get({ workspace_id, _id: before }, [
      'n',
      'user_id',
      'line_order',
      'active_at',
      'created_at',
    ])
    // One that is not of the filter's users is followed by nothing.
    if (!place || !(user_ids?.includes(place.user_id) ?? true)) return []
    return after(order, place, day)
  }

  async function startOf(workspaceId: string, order: Order, day: string): Promise<Conditions[]> {
    if (order === 'longest_waiting') return [{ line_order: above('') }]
    if (order === 'last_activity') return [{ active_at: above('') }]
    if (order === 'of_day') return [openedOn(day)]
    return [{ n: below((await numbers.last(workspaceId)) + 1) }]
  }

  /** Looks for what an index does not have in so many rows of it. */
  async function lookThrough(
    led: Where<TicketDocument>,
    rest: readonly object[],
    order: Order,
    limit: number,
  ): Promise<Found<TicketDocument>> {
    const stages = [
      { $sort: sorts[order] },
      { $limit: mostRows },
      { $match: { $and: rest } },
      { $limit: limit + 1 },
      { $project: { _id: 1 } },
    ]
    const found = await tickets.aggregate<{ _id: string }>(led, stages)
    const { workspace_id } = led
    const rows = await tickets.find({ workspace_id, _id: oneOf(found.map(({ _id }) => _id)) })
    return { rows, more: found.length > limit || (await isCut(led)) }
  }

  /** Whether there is more than is looked through. */
  async function isCut(led: Where<TicketDocument>): Promise<boolean> {
    const stages = [{ $limit: mostRows + 1 }, { $count: 'count' }]
    const [counted] = await tickets.aggregate<{ count: number }>(led, stages)
    return (counted?.count ?? 0) > mostRows
  }

  /** The rows of one user, or of all. One index leads to them. */
  async function rangeOf(
    workspace_id: string,
    filter: TicketFilter,
    user_id: string | undefined,
    range: Conditions,
  ): Promise<Found<TicketDocument>> {
    const { limit, day } = filter
    const order = orderOf(filter)
    const { wanted, led, rest: others } = lookupOf(filter, user_id, indexes, only)
    const rest = [
      ...Object.entries(others).map(([name, value]) => toFilter({ [name]: value })),
      ...otherConditions(filter, wanted.is_closed),
      ...(day !== undefined && order !== 'of_day' ? [toFilter(openedOn(day))] : []),
    ]
    const where = { workspace_id, ...led, ...range }
    if (rest.length > 0) return lookThrough(where, rest, order, limit)
    const rows = await tickets.find(where, { sort: sorts[order], limit: limit + 1 })
    return { rows, more: rows.length > limit }
  }

  return async (workspaceId, filter) => {
    const { user_ids, limit } = filter
    const all = await ranges(workspaceId, orderOf(filter), filter)
    const ofUser = async (user_id: string | undefined): Promise<Found<TicketDocument>> => {
      const rows: TicketDocument[] = []
      let more = false
      for (const range of all) {
        if (more || rows.length > limit) break
        const found = await rangeOf(workspaceId, filter, user_id, range)
        rows.push(...found.rows)
        more = found.more
      }
      return { rows, more }
    }
    return merged(await Promise.all((user_ids ?? [undefined]).map(ofUser)), filter)
  }
}

/** @param before a time before which they were opened, too */
function openedOn(day: string, before = dayAfter(day)): Conditions {
  return { created_at: between(day, before) }
}

function after(order: Order, { n, line_order, active_at, created_at }: Place, day: string): Conditions[] {
  if (order === 'longest_waiting') return [{ line_order: above(line_order) }]
  if (order === 'last_activity') return [{ active_at, n: below(n) }, { active_at: below(active_at) }]
  if (order === 'newest') return [{ n: below(n) }]
  const end = dayAfter(day)
  if (created_at >= end) return [openedOn(day)]
  return created_at < day ? [] : [{ created_at, n: below(n) }, openedOn(day, created_at)]
}
