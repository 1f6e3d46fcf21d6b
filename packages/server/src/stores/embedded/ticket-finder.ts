import { mostLookedThrough, type TicketFilter } from '../store.ts'
import type { Database, Statement, Value } from './sqlite.ts'
import { type StoredTicket, ticketColumns, withManager } from './ticket-rows.ts'

/** Finds one row more than the filter's limit, so that its presence tells of more; in the filter's order. */
export type FindTickets = (workspaceId: string, filter: TicketFilter) => StoredTicket[]

type Order = NonNullable<TicketFilter['order']>
type Condition = readonly [sql: string, ...values: Value[]]

interface Place {
  readonly n: number
  readonly user_id: string
  readonly line_order: string
  readonly active_at: string
}

/** How rows are ordered, and which of them follow a place. */
const orders: { readonly [K in Order]: { readonly by: string; after(place: Place): Condition } } = {
  newest: { by: 'n DESC', after: ({ n }) => ['n < ?', n] },
  longest_waiting: { by: 'line_order', after: ({ line_order }) => ['line_order > ?', line_order] },
  last_activity: {
    by: 'active_at DESC, n DESC',
    after: ({ active_at, n }) => ['(active_at, n) < (?, ?)', active_at, n],
  },
}

type Wanted = Partial<Record<'user_id' | 'product' | 'is_closed' | 'state' | 'line_manager', Value>>
type Name = keyof Wanted

type Index = readonly [name: string, ...columns: Name[]]

/** The columns that an index begins with, behind the workspace; what is ordered follows in it. */
const indexes: { readonly [K in Order]: readonly Index[] } = {
  newest: [
    ['tickets_user_product_closed', 'user_id', 'product', 'is_closed'],
    ['tickets_user_product', 'user_id', 'product'],
    ['tickets_user_closed', 'user_id', 'is_closed'],
    ['tickets_user', 'user_id'],
    ['tickets_manager', 'line_manager'],
    ['tickets_product_closed', 'product', 'is_closed'],
    ['tickets_product', 'product'],
    ['tickets_state', 'state'],
    ['tickets_closed', 'is_closed'],
    ['tickets_newest'],
  ],
  longest_waiting: [
    ['tickets_user_closed', 'user_id', 'is_closed'],
    ['tickets_line', 'product', 'state'],
    ['tickets_held', 'line_manager', 'state'],
    ['tickets_waiting', 'state'],
    ['tickets_order', 'is_closed'],
  ],
  last_activity: [
    ['tickets_user_active', 'user_id'],
    ['tickets_manager_active', 'line_manager', 'is_closed'],
    ['tickets_active'],
  ],
}

/** The indexes that have only rows in one state. */
const onlyState: Readonly<Record<string, string>> = {
  tickets_line: 'waiting',
  tickets_waiting: 'waiting',
  tickets_held: 'assigned',
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
    ...(isClosed !== undefined && { is_closed: Number(isClosed) }),
    ...(state !== undefined && others.length === 0 && { state }),
  }
}

function equal([name, value]: readonly [string, Value]): Condition {
  // A partial index is used only where its own condition is written out.
  if (name === 'state') return [`state = '${value}'`]
  if (name === 'is_closed') return [`is_closed = ${value}`]
  return [`${name} IS ?`, value]
}

/** What is not among what is wanted of an index. */
function otherConditions({ states = [], is_closed, tag, text }: TicketFilter, wanted: Wanted): Condition[] {
  const conditions: Condition[] = []
  if (states.length > 1) conditions.push([`state IN (${states.map(() => '?').join()})`, ...states])
  // Closed ones are not in the line.
  if (is_closed !== undefined && Number(is_closed) !== wanted.is_closed)
    conditions.push(['is_closed = ?', Number(is_closed)])
  if (tag !== undefined) conditions.push(['EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)', tag])
  if (text !== undefined) {
    const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`
    const columns = ['subject', 'display_name', 'user_id']
    conditions.push([`(${columns.map((one) => `${one} LIKE ? ESCAPE '\\'`).join(' OR ')})`, like, like, like])
  }
  return conditions
}

function joined(conditions: readonly Condition[]): { sql: string; values: Value[] } {
  return {
    sql: conditions.map(([sql]) => sql).join(' AND '),
    values: conditions.flatMap(([, ...values]) => values),
  }
}

export function ticketFinder(db: Database): FindTickets {
  const placeOf = db.prepare<Place>(
    'SELECT n, user_id, line_order, active_at FROM tickets WHERE workspace_id = ? AND id = ?',
  )
  const firstSince = db.prepare<{ n: number }>(
    'SELECT n FROM tickets WHERE workspace_id = ? AND created_at >= ? ORDER BY created_at, n LIMIT 1',
  )
  const prepared = new Map<string, Statement<StoredTicket>>()

  function statement(sql: string): Statement<StoredTicket> {
    const made = prepared.get(sql) ?? db.prepare<StoredTicket>(sql)
    prepared.set(sql, made)
    return made
  }

  /** The numbers of the tickets that were opened on a day. */
  function ofDay(workspaceId: string, day: string | undefined): Condition[] {
    if (day === undefined) return []
    const next = new Date(Date.parse(day) + 86_400_000).toISOString()
    const from = firstSince.get(workspaceId, day)?.n ?? Number.MAX_SAFE_INTEGER
    return [['n >= ? AND n < ?', from, firstSince.get(workspaceId, next)?.n ?? Number.MAX_SAFE_INTEGER]]
  }

  /** The rows of one user, or of all. One index leads to them; what it does not have is looked for in so many rows of it. */
  function range(
    workspaceId: string,
    filter: TicketFilter,
    user_id: string | undefined,
    after: Condition[],
  ): StoredTicket[] {
    const { order = 'newest', limit } = filter
    const wanted = wantedOf(filter, user_id)
    const fits = ([name, ...columns]: Index) =>
      columns.every((one) => one in wanted) && (onlyState[name] ?? wanted.state) === wanted.state
    // There is always one: the last of each asks for no more than its order brings along.
    const [index, ...columns]: Index = indexes[order].find(fits) ?? ['tickets_newest']
    const isLed = (name: string) => columns.includes(name as Name)
    const led = Object.entries(wanted).filter(([name]) => isLed(name))
    const rest = Object.entries(wanted).filter(([name]) => !isLed(name))
    const day = ofDay(workspaceId, filter.day)
    const isByNumber = order === 'newest'
    const inner = joined([
      ...[['workspace_id = ?', workspaceId] as const, ...led.map(equal), ...after],
      ...(isByNumber ? day : []),
    ])
    const outer = joined([
      ...[...rest.map(equal), ...otherConditions(filter, wanted)],
      ...(isByNumber ? [] : day),
    ])
    const { by } = orders[order]
    const isExact = outer.sql === ''
    const most = isExact ? limit + 1 : mostLookedThrough
    const rows = `SELECT n FROM tickets INDEXED BY ${index} WHERE ${inner.sql} ORDER BY ${by} LIMIT ?`
    const found = isExact
      ? rows
      : `SELECT tickets.n FROM tickets WHERE n IN (${rows}) AND ${outer.sql} ORDER BY ${by} LIMIT ?`
    const sql = `SELECT ${ticketColumns} FROM ${withManager('tickets')} WHERE tickets.n IN (${found}) ORDER BY ${by
      .replaceAll('active_at', 'tickets.active_at')
      .replace(/\bn\b/, 'tickets.n')}`
    const values = [...inner.values, most, ...(isExact ? [] : [...outer.values, limit + 1])]
    return statement(sql).all(...values)
  }

  return (workspaceId, filter) => {
    const { before, user_ids, order = 'newest', limit } = filter
    const after: Condition[] = []
    if (before !== undefined) {
      const place = placeOf.get(workspaceId, before)
      // One that is not of the filter's users is followed by nothing.
      if (!place || !(user_ids?.includes(place.user_id) ?? true)) return []
      after.push(orders[order].after(place))
    }
    const ids = user_ids ?? [undefined]
    const [first = [], ...others] = ids.map((id) => range(workspaceId, filter, id, after))
    if (others.length === 0) return first
    return [...first, ...others.flat()].sort(comparing(order)).slice(0, limit + 1)
  }
}

function comparing(order: Order): (a: StoredTicket, b: StoredTicket) => number {
  if (order === 'newest') return (a, b) => b.n - a.n
  if (order === 'longest_waiting') return (a, b) => (a.line_order < b.line_order ? -1 : 1)
  return (a, b) => (a.active_at === b.active_at ? b.n - a.n : a.active_at > b.active_at ? -1 : 1)
}
