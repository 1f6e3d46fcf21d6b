import { mostLookedThrough, type TicketFilter } from '../store.ts'
import type { Numbers } from './numbers.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { above, below, containing, oneOf, toFilter, type Where, within } from './where.ts'

type Find = (workspaceId: string, filter: TicketFilter) => Promise<TicketDocument[]>
type Order = NonNullable<TicketFilter['order']>
type Conditions = Omit<Where<TicketDocument>, 'workspace_id'>
type Name = 'user_id' | 'product' | 'is_closed' | 'state' | 'line_manager'
type Wanted = Pick<Conditions, Name>
type Place = Pick<TicketDocument, 'n' | 'user_id' | 'line_order' | 'active_at'>

/** The numbers of the tickets that were opened on a day: from one to before another. */
interface Day {
  readonly from: number
  readonly to: number
}

const sorts = {
  newest: { n: -1 },
  longest_waiting: { line_order: 1 },
  last_activity: { active_at: -1, n: -1 },
} as const satisfies { readonly [K in Order]: object }

const comparisons: { readonly [K in Order]: (a: TicketDocument, b: TicketDocument) => number } = {
  newest: (a, b) => b.n - a.n,
  longest_waiting: (a, b) => (a.line_order < b.line_order ? -1 : 1),
  last_activity: (a, b) => (a.active_at === b.active_at ? b.n - a.n : a.active_at > b.active_at ? -1 : 1),
}

/** What an index begins with, behind the workspace; what is ordered follows in it. Those of open tickets have `is_closed` first. */
const indexes: { readonly [K in Order]: readonly (readonly Name[])[] } = {
  newest: [
    ['user_id', 'product', 'is_closed'],
    ['user_id', 'product'],
    ['user_id', 'is_closed'],
    ['user_id'],
    ['line_manager'],
    ['product', 'is_closed'],
    ['product'],
    ['state'],
    ['is_closed'],
  ],
  longest_waiting: [
    ['user_id', 'is_closed'],
    ['is_closed', 'state', 'product'],
    ['is_closed', 'line_manager', 'state'],
    ['is_closed', 'state'],
    ['is_closed'],
  ],
  last_activity: [['user_id'], ['is_closed', 'line_manager']],
}

/** What can be looked up in an index, of one of the filter's users. */
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

/** What no index has, or another than the one that leads. */
function otherConditions({ states, is_closed, tag, text }: TicketFilter, isClosed: unknown): object[] {
  return [
    ...(states && states.length !== 1 ? [toFilter({ state: oneOf(states) })] : []),
    ...(is_closed !== undefined && is_closed !== isClosed ? [toFilter({ is_closed })] : []),
    ...(tag !== undefined ? [toFilter({ tags: tag })] : []),
    ...(text !== undefined ? [containing(['subject', 'display_name', 'user_id'], text)] : []),
  ]
}

/** Finds one row more than the filter's limit, so that its presence tells of more; in the filter's order. */
export function ticketFinder(tickets: Rows<TicketDocument>, numbers: Numbers): Find {
  /** What follows a place in an order, in the ranges that an index reads one after the other. */
  async function ranges(
    workspace_id: string,
    { before, user_ids, order = 'newest' }: TicketFilter,
    day: Day | undefined,
  ): Promise<Conditions[]> {
    if (before === undefined) return startOf(workspace_id, order, day)
    const place = await tickets.get({ workspace_id, _id: before }, [
      'n',
      'user_id',
      'line_order',
      'active_at',
    ])
    // One that is not of the filter's users is followed by nothing.
    if (!place || !(user_ids?.includes(place.user_id) ?? true)) return []
    return after(order, place, day)
  }

  async function startOf(workspaceId: string, order: Order, day: Day | undefined): Promise<Conditions[]> {
    if (order === 'longest_waiting') return [{ line_order: above('') }]
    if (order === 'last_activity') return [{ active_at: above('') }]
    return [before((await numbers.last(workspaceId)) + 1, day)]
  }

  async function firstSince(workspace_id: string, at: string): Promise<number> {
    const [first] = await tickets.find(
      { workspace_id, created_at: above(at) },
      { fields: ['n'], sort: { created_at: 1, n: 1 }, limit: 1 },
    )
    return first?.n ?? Number.MAX_SAFE_INTEGER
  }

  /** The numbers of the tickets that were opened on a day. */
  async function ofDay(workspaceId: string, day: string | undefined): Promise<Day | undefined> {
    if (day === undefined) return undefined
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
    const [from, to] = await Promise.all([firstSince(workspaceId, day), firstSince(workspaceId, next)])
    return { from, to }
  }

  /** Looks for what an index does not have in so many rows of it. */
  async function lookThrough(
    led: Where<TicketDocument>,
    rest: readonly object[],
    { order = 'newest', limit }: TicketFilter,
  ): Promise<TicketDocument[]> {
    const stages = [
      { $sort: sorts[order] },
      { $limit: mostLookedThrough },
      { $match: { $and: rest } },
      { $limit: limit + 1 },
      { $project: { _id: 1 } },
    ]
    const found = await tickets.aggregate<{ _id: string }>(led, stages)
    const { workspace_id } = led
    const rows = await tickets.find({ workspace_id, _id: oneOf(found.map(({ _id }) => _id)) })
    return rows.sort(comparisons[order])
  }

  /** The rows of one user, or of all. One index leads to them. */
  function rangeOf(
    workspace_id: string,
    filter: TicketFilter,
    user_id: string | undefined,
    { range, day }: { range: Conditions; day: Day | undefined },
  ): Promise<TicketDocument[]> {
    const { order = 'newest', limit } = filter
    const wanted = wantedOf(filter, user_id)
    const index: readonly Name[] =
      indexes[order].find((names) => names.every((name) => wanted[name] !== undefined)) ?? []
    const parts = Object.entries(wanted)
    const led = Object.fromEntries(parts.filter(([name]) => index.includes(name as Name))) as Wanted
    const others = parts.filter(([name]) => !index.includes(name as Name))
    const rest = [
      ...others.map(([name, value]) => toFilter({ [name]: value })),
      ...otherConditions(filter, wanted.is_closed),
      ...(day && order !== 'newest' ? [toFilter({ n: within(day.from, day.to - 1) })] : []),
    ]
    const where = { workspace_id, ...led, ...range }
    if (rest.length > 0) return lookThrough(where, rest, filter)
    return tickets.find(where, { sort: sorts[order], limit: limit + 1 })
  }

  return async (workspaceId, filter) => {
    const { user_ids, order = 'newest', limit } = filter
    const day = await ofDay(workspaceId, filter.day)
    const all = await ranges(workspaceId, filter, day)
    const ofUser = async (user_id: string | undefined): Promise<TicketDocument[]> => {
      const found: TicketDocument[] = []
      for (const range of all)
        if (found.length <= limit)
          found.push(...(await rangeOf(workspaceId, filter, user_id, { range, day })))
      return found
    }
    const each = await Promise.all((user_ids ?? [undefined]).map(ofUser))
    return each
      .flat()
      .sort(comparisons[order])
      .slice(0, limit + 1)
  }
}

/** Those before a number, of a day if there is one. */
function before(n: number, day: Day | undefined): Conditions {
  return { n: day ? within(day.from, Math.min(n, day.to) - 1) : below(n) }
}

function after(order: Order, { n, line_order, active_at }: Place, day: Day | undefined): Conditions[] {
  if (order === 'longest_waiting') return [{ line_order: above(line_order) }]
  if (order === 'last_activity') return [{ active_at, n: below(n) }, { active_at: below(active_at) }]
  return [before(n, day)]
}
