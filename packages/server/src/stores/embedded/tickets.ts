import type { Ticket } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import { repeated } from '../creation.ts'
import { newTicketRow } from '../fields/tickets.ts'
import type { Place } from '../load.ts'
import { notBuilt } from '../not-built.ts'
import {
  mostAssigned,
  mostCounted,
  mostListed,
  type NewTicket,
  type TicketFilter,
  type TicketStore,
} from '../store.ts'
import type { Report } from './damage.ts'
import { embeddedLine } from './line.ts'
import type { Sync } from './operations.ts'
import type { Database, Statement, Value } from './sqlite.ts'
import { tables } from './tables.ts'
import { byLine, type StoredTicket, selectLine, selectTickets, ticketReader } from './ticket-rows.ts'

/** The tickets of each workspace; creating one assigns it in the same transaction. */
export function embeddedTickets(db: Database, report: Report): Sync<TicketStore> {
  const { inserted, marks, valuesOf } = tables.tickets
  const line = embeddedLine(db)
  const toTickets = ticketReader(db)
  const ticketOf = (workspaceId: string, stored: StoredTicket): Ticket =>
    toTickets(workspaceId, [stored])[0] as Ticket
  const select = (condition: string) => db.prepare<StoredTicket>(`${selectTickets} WHERE ${condition}`)
  const byCid = select('tickets.cid = ? AND tickets.workspace_id = ? AND tickets.user_id = ?')
  const byId = select('tickets.workspace_id = ? AND tickets.id = ?')
  const ownerOf = db.prepare<{ user_id: string }>(
    'SELECT user_id FROM tickets WHERE workspace_id = ? AND id = ?',
  )
  const open = db.prepare<StoredTicket>(
    `${selectLine} WHERE tickets.workspace_id = ? AND line_manager = ? AND is_closed = 0 AND tickets.n > ?
     ORDER BY tickets.n LIMIT ?`,
  )
  const longestWaiting = db.prepare<{ id: string; n: number }>(
    `SELECT id, n FROM ${byLine} WHERE workspace_id = ? AND line_manager IS NULL AND is_closed = 0 ORDER BY n LIMIT 1`,
  )
  const placeOf = db.prepare<{ n: number }>('SELECT n FROM tickets WHERE workspace_id = ? AND id = ?')
  const heldBy = db.prepare<Place>('SELECT line_manager, slot FROM tickets WHERE n = ? AND slot IS NOT NULL')
  const openOfUser = db.prepare<{ count: number }>(
    'SELECT count(*) AS count FROM tickets WHERE workspace_id = ? AND user_id = ? AND is_closed = 0',
  )
  const insert = db.prepare(`INSERT INTO tickets (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const assign = db.prepare('UPDATE tickets SET line_manager = ?, slot = ?, updated_at = ? WHERE n = ?')
  const close = db.prepare(
    `UPDATE tickets SET is_closed = 1, slot = NULL, closed_by = ?1, close_count = close_count + 1, updated_at = ?2,
       closed_at = ?2
     WHERE n = ?3`,
  )
  const find = ticketFinder(db)
  const waiting = db.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM
       (SELECT 1 FROM ${byLine} WHERE workspace_id = ? AND line_manager IS NULL AND is_closed = 0 LIMIT ?)`,
  )
  const between = db.prepare(
    'SELECT 1 FROM tickets WHERE workspace_id = ? AND user_id = ? AND line_manager = ? LIMIT 1',
  )
  const haveTicket = (workspaceId: string, a: string, b: string) =>
    between.get(workspaceId, a, b) !== undefined || between.get(workspaceId, b, a) !== undefined

  function store(ticket: NewTicket): Ticket {
    const { workspace_id } = ticket
    const row = newTicketRow(ticket, line.next(workspace_id))
    insert.run(workspace_id, ...valuesOf(row))
    const stored = byId.get(workspace_id, row._id)
    if (!stored) throw new Error(`Ticket ${row._id} was stored and is not there`)
    return ticketOf(workspace_id, stored)
  }

  function closeOne(workspaceId: string, n: number, by: string): void {
    const freed = heldBy.get(n)
    close.run(by, isoNow(), n)
    if (freed) line.fill(workspaceId, freed)
  }

  return {
    move: notBuilt,
    update: notBuilt,
    firstText: notBuilt,
    firstSent: notBuilt,
    unsent: notBuilt,
    place: notBuilt,
    countInLine: notBuilt,
    firstInLine: notBuilt,
    handBack: notBuilt,
    overdue: notBuilt,
    create(ticket) {
      const { cid, workspace_id, user_id, earlier_ids = [] } = ticket
      const [known] = [user_id, ...earlier_ids].flatMap((id) => byCid.get(cid, workspace_id, id) ?? [])
      if (known) return repeated(known, ticket.fingerprint, (row) => ticketOf(workspace_id, row))
      const { most_open } = ticket
      if (most_open !== undefined && (openOfUser.get(workspace_id, user_id)?.count ?? 0) >= most_open)
        return { conflict: 'limit' }
      return { created: true, row: store(ticket) }
    },

    get(workspaceId, ticketId, owners) {
      if (owners && !owners.includes(ownerOf.get(workspaceId, ticketId)?.user_id ?? '')) return null
      const row = byId.get(workspaceId, ticketId)
      return row ? ticketOf(workspaceId, row) : null
    },

    getSome(workspaceId, ticketIds) {
      const rows = [...new Set(ticketIds)].flatMap((id) => byId.get(workspaceId, id) ?? [])
      return toTickets(
        workspaceId,
        rows.sort((a, b) => a.n - b.n),
        report,
      )
    },

    list(workspaceId, filter) {
      const rows = find(workspaceId, filter)
      return {
        tickets: toTickets(workspaceId, rows.slice(0, filter.limit).reverse(), report).reverse(),
        more: rows.length > filter.limit,
      }
    },

    close(workspaceId, ticketId, by) {
      const before = byId.get(workspaceId, ticketId)
      if (!before) return null
      const closed_now = before.is_closed === 0
      if (closed_now) closeOne(workspaceId, before.n, by)
      const stored = byId.get(workspaceId, ticketId) ?? before
      const { closed_by, close_count } = stored
      return {
        ticket: ticketOf(workspaceId, stored),
        closing: { by: closed_by ?? by, count: close_count },
        closed_now,
      }
    },

    assignWaiting(workspaceId) {
      const given: string[] = []
      while (given.length < mostAssigned) {
        const next = longestWaiting.get(workspaceId)
        const place = next && line.next(workspaceId)
        if (!place) break
        assign.run(place.line_manager, place.slot, isoNow(), next.n)
        given.push(next.id)
      }
      const rows = given.flatMap((id) => byId.get(workspaceId, id) ?? [])
      return toTickets(workspaceId, rows, report)
    },

    listOpen(workspaceId, lineManager, { after, limit = mostListed } = {}) {
      const from = after === undefined ? 0 : placeOf.get(workspaceId, after)?.n
      if (from === undefined) return []
      const rows = open.all(workspaceId, lineManager, from, Math.min(limit, mostListed))
      return toTickets(workspaceId, rows, report)
    },

    shared(workspaceId, userIds, others) {
      return others.filter((other) => userIds.some((user_id) => haveTicket(workspaceId, user_id, other)))
    },

    countWaiting: (workspaceId) => waiting.get(workspaceId, mostCounted)?.count ?? 0,
  }
}

type Find = (workspaceId: string, filter: TicketFilter) => StoredTicket[]

/** Finds one row more than the filter's limit, so that its presence tells of more; newest first. */
function ticketFinder(db: Database): Find {
  const placeOf = db.prepare<{ n: number; user_id: string }>(
    'SELECT n, user_id FROM tickets WHERE workspace_id = ? AND id = ?',
  )
  const prepared = new Map<string, Statement<StoredTicket>>()

  function prepare(conditions: readonly string[]): Statement<StoredTicket> {
    const sql = `${selectTickets} WHERE ${conditions.join(' AND ')} ORDER BY tickets.n DESC LIMIT ?`
    const statement = prepared.get(sql) ?? db.prepare<StoredTicket>(sql)
    prepared.set(sql, statement)
    return statement
  }

  /** The number that the list ends before; undefined where the ticket it follows is not one of the filter's users. */
  function endOf(workspaceId: string, { before, user_ids }: TicketFilter): number | undefined {
    if (before === undefined) return Number.MAX_SAFE_INTEGER
    const place = placeOf.get(workspaceId, before)
    return place && (user_ids?.includes(place.user_id) ?? true) ? place.n : undefined
  }

  function range(
    workspaceId: string,
    user_id: string | undefined,
    { product, is_closed, limit }: TicketFilter,
    end: number,
  ): StoredTicket[] {
    const wanted: [condition: string, value: Value][] = [
      ['tickets.workspace_id = ?', workspaceId],
      ['tickets.n < ?', end],
    ]
    if (user_id !== undefined) wanted.push(['tickets.user_id = ?', user_id])
    if (product !== undefined) wanted.push(['product = ?', product])
    if (is_closed !== undefined) wanted.push(['is_closed = ?', is_closed ? 1 : 0])
    return prepare(wanted.map(([condition]) => condition)).all(...wanted.map(([, value]) => value), limit + 1)
  }

  return (workspaceId, filter) => {
    const end = endOf(workspaceId, filter)
    if (end === undefined) return []
    // One range of the index for each id, of which the newest are taken.
    const ids = filter.user_ids ?? [undefined]
    const [first = [], ...others] = ids.map((id) => range(workspaceId, id, filter, end))
    if (others.length === 0) return first
    return [...first, ...others.flat()].sort((a, b) => b.n - a.n).slice(0, filter.limit + 1)
  }
}
