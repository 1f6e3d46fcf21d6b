import { lineOrder, type Ticket, type Wait } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import { repeated } from '../creation.ts'
import { metadataText, newTicketRow, type TicketRow } from '../fields/tickets.ts'
import {
  type Closing,
  mostAssigned,
  mostCounted,
  mostListed,
  type NewTicket,
  type Prediction,
  type TicketChange,
  type TicketStore,
} from '../store.ts'
import type { Report } from './damage.ts'
import { embeddedLine } from './line.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'
import { ticketFinder } from './ticket-finder.ts'
import { ticketLines } from './ticket-lines.ts'
import { ticketMoving } from './ticket-moving.ts'
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
  const placeOf = db.prepare<{ n: number }>('SELECT n FROM tickets WHERE workspace_id = ? AND id = ?')
  const openOfUser = db.prepare<{ count: number }>(
    'SELECT count(*) AS count FROM tickets WHERE workspace_id = ? AND user_id = ? AND is_closed = 0',
  )
  const openOfGuests = db.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM
       (SELECT 1 FROM tickets INDEXED BY tickets_guests_open
        WHERE workspace_id = ? AND is_closed = 0 AND user_id > 'guest:' AND user_id < 'guest;' LIMIT ?)`,
  )
  const insert = db.prepare(`INSERT INTO tickets (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const held = db.prepare<{ id: string }>(
    `SELECT id FROM ${byLine} WHERE workspace_id = ? AND line_manager = ? AND is_closed = 0
     AND (state = 'assigned' OR ?) ORDER BY n LIMIT ?`,
  )
  const unsentBefore = db.prepare<{ workspace_id: string; ticket_id: string }>(
    `SELECT workspace_id, id AS ticket_id FROM tickets INDEXED BY tickets_unsent
     WHERE first_text IS NOT NULL AND created_at < ? ORDER BY created_at LIMIT ?`,
  )
  const firstText = db.prepare<Pick<TicketRow, 'first_text'>>(
    'SELECT first_text FROM tickets WHERE workspace_id = ? AND id = ?',
  )
  const firstSent = db.prepare('UPDATE tickets SET first_text = NULL WHERE workspace_id = ? AND id = ?')
  const touch = db.prepare(
    'UPDATE tickets SET active_at = ?3 WHERE workspace_id = ?1 AND id = ?2 AND active_at < ?3',
  )
  const dueBefore = db.prepare<{ workspace_id: string; id: string }>(
    `SELECT workspace_id, id FROM tickets INDEXED BY tickets_due
     WHERE target IS NOT NULL AND target ->> '$.due_at' < ? ORDER BY target ->> '$.due_at' LIMIT ?`,
  )
  const find = ticketFinder(db)
  const moving = ticketMoving(db, line)
  const lines = ticketLines(db, line, moving)
  const change = ticketChanging(db)
  const takePredictions = predictionTaking(db)
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
    // Whoever waits already comes first.
    const waits = ticket.waits || lines.first(workspace_id, [ticket.product]) !== undefined
    const place = waits ? undefined : line.next(workspace_id, ticket.product)
    const row = newTicketRow(ticket, place)
    insert.run(workspace_id, ...valuesOf(row))
    if (place) line.served(workspace_id, place.line_manager)
    return written(workspace_id, row._id)
  }

  function closingOf(workspaceId: string, ticketId: string, by: string): Closing {
    const { closed_by, close_count } = byId.get(workspaceId, ticketId) ?? { closed_by: null, close_count: 0 }
    return { by: closed_by ?? by, count: close_count }
  }

  /** Those of an answer, in their order. */
  function listed(workspaceId: string, ids: readonly { readonly id: string }[]): Ticket[] {
    const rows = ids.flatMap(({ id }) => byId.get(workspaceId, id) ?? [])
    return toTickets(workspaceId, rows, report)
  }

  /** @throws where the ticket is not there any more, which nothing within a transaction brings about */
  function written(workspaceId: string, ticketId: string): Ticket {
    const stored = byId.get(workspaceId, ticketId)
    if (!stored) throw new Error(`Ticket ${ticketId} was stored and is not there`)
    return ticketOf(workspaceId, stored)
  }

  return {
    create(ticket) {
      const { cid, workspace_id, user_id, earlier_ids = [] } = ticket
      const [known] = [user_id, ...earlier_ids].flatMap((id) => byCid.get(cid, workspace_id, id) ?? [])
      if (known) return repeated(known, ticket.fingerprint, (row) => ticketOf(workspace_id, row))
      const { most_open, most_guests_open: most } = ticket
      if (most_open !== undefined && (openOfUser.get(workspace_id, user_id)?.count ?? 0) >= most_open)
        return { conflict: 'limit' }
      if (most !== undefined && (openOfGuests.get(workspace_id, most)?.count ?? 0) >= most)
        return { conflict: 'guests_limit' }
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
      const { rows, more } = find(workspaceId, filter)
      return { tickets: toTickets(workspaceId, rows.toReversed(), report).reverse(), more }
    },

    close(workspaceId, ticketId, by) {
      const closed = moving.move(workspaceId, ticketId, { kind: 'close' }, by)
      // Any ticket may be closed.
      if (!closed || 'refused' in closed) return null
      return {
        ticket: written(workspaceId, ticketId),
        closing: closingOf(workspaceId, ticketId, by),
        closed_now: closed.moved_now,
      }
    },

    move(workspaceId, ticketId, move, by) {
      const moved = moving.move(workspaceId, ticketId, move, by)
      if (!moved || 'refused' in moved) return moved
      const { before, predicted, moved_now, moves } = moved
      const closing = closingOf(workspaceId, ticketId, by)
      return { ticket: written(workspaceId, ticketId), before, predicted, moved_now, moves, closing }
    },

    update: (workspaceId, ticketId, changes) =>
      change(workspaceId, ticketId, changes) ? written(workspaceId, ticketId) : null,

    touch(workspaceId, activity) {
      for (const { ticket_id, at } of activity) touch.run(workspaceId, ticket_id, at)
    },

    firstText: (workspaceId, ticketId) => firstText.get(workspaceId, ticketId)?.first_text ?? null,
    firstSent: (workspaceId, ticketId) => void firstSent.run(workspaceId, ticketId),
    unsent: (before, limit) => unsentBefore.all(before, limit),

    place: lines.place,
    countInLine: lines.countInLine,

    ordersIn: lines.orders,
    takePredictions: (workspaceId, ticketIds) => takePredictions(workspaceId, ticketIds),

    firstInLine(workspaceId, products) {
      const id = lines.first(workspaceId, products)
      return id === undefined ? null : written(workspaceId, id)
    },

    claimed(workspaceId, lineManager, cid) {
      const id = moving.claimed(workspaceId, lineManager, cid)
      return id === undefined ? null : written(workspaceId, id)
    },

    has: (workspaceId, userIds, cid) => userIds.some((id) => byCid.get(cid, workspaceId, id) !== undefined),

    handBack(workspaceId, lineManager, { onlyUnanswered = false, limit }) {
      const back = held.all(workspaceId, lineManager, onlyUnanswered ? 0 : 1, limit)
      for (const { id } of back)
        moving.move(workspaceId, id, { kind: 'hand_back', line_manager: lineManager }, lineManager)
      return listed(workspaceId, back)
    },

    overdue: (before, limit) =>
      dueBefore
        .all(before, limit)
        .flatMap(({ workspace_id, id }) =>
          listed(workspace_id, [{ id }]).map((ticket) => ({ workspace_id, ticket })),
        ),

    assignWaiting(workspaceId, { closed = [] } = {}) {
      const given = lines.assign(workspaceId, closed).map((id) => ({ id }))
      return { tickets: listed(workspaceId, given), more: given.length >= mostAssigned }
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

type ChangeTicket = (workspaceId: string, ticketId: string, change: TicketChange) => boolean

/** Changes what is named, and answers whether there is such a ticket. What clients do not see leaves its time as it is. */
function ticketChanging(db: Database): ChangeTicket {
  const byId = db.prepare<Pick<TicketRow, 'enqueued_at' | 'priority'>>(
    'SELECT enqueued_at, priority FROM tickets WHERE workspace_id = ? AND id = ?',
  )
  const write = db.prepare(
    `UPDATE tickets SET subject = iif(?3, ?4, subject), priority = coalesce(?5, priority), line_order = ?6,
       tags = coalesce(?7, tags), rating = iif(?8, ?9, rating), target = iif(?10, ?11, target),
       metadata_text = iif(?12, ?13, metadata_text), predicted = iif(?14, ?15, predicted),
       updated_at = coalesce(?16, updated_at)
     WHERE workspace_id = ?1 AND id = ?2`,
  )
  /** Whether it is named, and what it becomes. */
  const named = (name: keyof TicketChange, change: TicketChange, text: string | null) =>
    [Number(change[name] !== undefined), text] as const
  const json = (value: unknown) => (value == null ? null : JSON.stringify(value))

  return (workspaceId, ticketId, change) => {
    const row = byId.get(workspaceId, ticketId)
    if (!row) return false
    const { subject = null, priority, tags, rating, target, metadata, predicted } = change
    const line_order = lineOrder({ _id: ticketId, ...row, ...(priority && { priority }) })
    const isSeen = Object.keys(change).some((name) => name !== 'predicted')
    write.run(
      ...[workspaceId, ticketId, ...named('subject', change, subject), priority ?? null, line_order],
      ...[tags ? JSON.stringify(tags) : null, ...named('rating', change, json(rating))],
      ...[...named('target', change, json(target)), ...named('metadata', change, metadataText(metadata))],
      ...[...named('predicted', change, json(predicted)), isSeen ? isoNow() : null],
    )
    return true
  }
}

/** Answers what was noted of how long some tickets would wait, and forgets it. */
function predictionTaking(db: Database): (workspaceId: string, ticketIds: readonly string[]) => Prediction[] {
  const noted = db.prepare<{ predicted: string }>(
    'SELECT predicted FROM tickets WHERE workspace_id = ? AND id = ? AND predicted IS NOT NULL',
  )
  const forget = db.prepare('UPDATE tickets SET predicted = NULL WHERE workspace_id = ? AND id = ?')
  return (workspaceId, ticketIds) =>
    ticketIds.flatMap((ticket_id) => {
      const found = noted.get(workspaceId, ticket_id)
      if (!found) return []
      forget.run(workspaceId, ticket_id)
      return { ticket_id, predicted: JSON.parse(found.predicted) as Wait }
    })
}
