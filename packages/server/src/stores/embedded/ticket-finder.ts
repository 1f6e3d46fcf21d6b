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
import type { Database, Statement, Value } from './sqlite.ts'
import { type StoredTicket, ticketColumns, withManager } from './ticket-rows.ts'

/** Finds the rows that a filter lets through, in its order, up to its limit. */
export type FindTickets = (workspaceId: string, filter: TicketFilter) => Found<StoredTicket>

type Condition = readonly [sql: string, ...values: Value[]]

/** How rows are ordered, and which of them follow a place. */
const orders: { readonly [K in Order]: { readonly by: string; after(place: Place): Condition } } = {
  newest: { by: 'n DESC', after: ({ n }) => ['n < ?', n] },
  longest_waiting: { by: 'line_order', after: ({ line_order }) => ['line_order > ?', line_order] },
  last_activity: {
    by: 'active_at DESC, n DESC',
    after: ({ active_at, n }) => ['(active_at, n) < (?, ?)', active_at, n],
  },
  of_day: {
    by: 'created_at DESC, n DESC',
    after: ({ created_at, n }) => ['(created_at, n) < (?, ?)', created_at, n],
  },
}

const indexes: { readonly [K in Order]: readonly Index[] } = {
  newest: [
    ['tickets_user_product_closed', 'user_id', 'product', 'is_closed'],
    ['tickets_user_product', 'user_id', 'product'],
    ['tickets_user_closed', 'user_id', 'is_closed'],
    ['tickets_user', 'user_id'],
    ['tickets_open', 'line_manager', 'is_closed'],
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
    ['tickets_open_active', 'is_closed'],
    ['tickets_active'],
  ],
  of_day: [['tickets_created']],
}

/** The rows of the indexes that have not all. */
const only: Readonly<Record<string, Wanted>> = {
  tickets_line: { state: 'waiting' },
  tickets_waiting: { state: 'waiting' },
  tickets_held: { state: 'assigned' },
  tickets_open: { is_closed: false },
  tickets_manager_active: { is_closed: false },
  tickets_open_active: { is_closed: false },
}

function equal([name, value]: readonly [string, Value | boolean]): Condition {
  // A partial index is used only where its own condition is written out.
  if (name === 'state') return [`state = '${value}'`]
  if (typeof value === 'boolean') return [`${name} = ${Number(value)}`]
  return [`${name} IS ?`, value]
}

/** What is not among what is wanted of an index. */
function otherConditions({ states = [], is_closed, tag, text }: TicketFilter, wanted: Wanted): Condition[] {
  const conditions: Condition[] = []
  if (states.length > 1) conditions.push([`state IN (${states.map(() => '?').join()})`, ...states])
  // Closed ones are not in the line.
  if (is_closed !== undefined && is_closed !== wanted.is_closed)
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

/** Those that were opened on a day. */
function ofDay(day: string | undefined): Condition[] {
  return day === undefined ? [] : [['created_at >= ? AND created_at < ?', day, dayAfter(day)]]
}

export function ticketFinder(db: Database): FindTickets {
  const placeOf = db.prepare<Place & { readonly user_id: string }>(
    'SELECT n, user_id, line_order, active_at, created_at FROM tickets WHERE workspace_id = ? AND id = ?',
  )
  const prepared = new Map<string, Statement<unknown>>()

  function statement<Row>(sql: string): Statement<Row> {
    const made = prepared.get(sql) ?? db.prepare(sql)
    prepared.set(sql, made)
    return made as Statement<Row>
  }

  /** The rows of one user, or of all. One index leads to them; what it does not have is looked for in so many rows of it. */
  function range(
    workspaceId: string,
    filter: TicketFilter,
    user_id: string | undefined,
    after: Condition[],
  ): Found<StoredTicket> {
    const { limit } = filter
    const order = orderOf(filter)
    const { index, wanted, led, rest } = lookupOf(filter, user_id, indexes, only)
    const day = ofDay(filter.day)
    const isByDay = order === 'of_day'
    const inner = joined([
      ...[['workspace_id = ?', workspaceId] as const, ...Object.entries(led).map(equal), ...after],
      ...(isByDay ? day : []),
    ])
    const outer = joined([
      ...[...Object.entries(rest).map(equal), ...otherConditions(filter, wanted)],
      ...(isByDay ? [] : day),
    ])
    const { by } = orders[order]
    const isExact = outer.sql === ''
    const most = isExact ? limit + 1 : mostLookedThrough
    const indexed = `FROM tickets INDEXED BY ${index} WHERE ${inner.sql}`
    const rows = `SELECT n ${indexed} ORDER BY ${by} LIMIT ?`
    const found = isExact
      ? rows
      : `SELECT tickets.n FROM tickets WHERE n IN (${rows}) AND ${outer.sql} ORDER BY ${by} LIMIT ?`
    const sql = `SELECT ${ticketColumns} FROM ${withManager('tickets')} WHERE tickets.n IN (${found}) ORDER BY ${by.replaceAll(
      /\b(active_at|created_at|n)\b/g,
      'tickets.$1',
    )}`
    const values = [...inner.values, most, ...(isExact ? [] : [...outer.values, limit + 1])]
    const all = statement<StoredTicket>(sql).all(...values)
    const isLong = all.length > limit
    const isCut = () =>
      statement(`SELECT 1 ${indexed} LIMIT 1 OFFSET ?`).get(...inner.values, mostLookedThrough) !== undefined
    return { rows: all, more: isLong || (!isExact && isCut()) }
  }

  return (workspaceId, filter) => {
    const { before, user_ids } = filter
    const after: Condition[] = []
    if (before !== undefined) {
      const place = placeOf.get(workspaceId, before)
      // One that is not of the filter's users is followed by nothing.
      if (!place || !(user_ids?.includes(place.user_id) ?? true)) return { rows: [], more: false }
      after.push(orders[orderOf(filter)].after(place))
    }
    const ids = user_ids ?? [undefined]
    return merged(
      ids.map((id) => range(workspaceId, filter, id, after)),
      filter,
    )
  }
}
