import type { Ticket } from '@dowellchat/protocol'
import { repeated } from '../creation.ts'
import { newTicketRow, toTicket as toTicketOf } from '../fields/tickets.ts'
import { grouped } from '../grouped.ts'
import { statusOf } from '../moving.ts'
import {
  type Closing,
  type Creation,
  mostCounted,
  mostListed,
  type NewTicket,
  type TicketStore,
} from '../store.ts'
import { type Asked, batches } from './batches.ts'
import type { Database } from './database.ts'
import { Doubts } from './doubts.ts'
import { unlessUnavailable } from './errors.ts'
import { inLanes } from './lanes.ts'
import { type LineParts, mongoLine } from './line.ts'
import { mongoLineLooks } from './line-looks.ts'
import { numbersOf } from './numbers.ts'
import { Partly } from './partly.ts'
import { ticketChanging } from './ticket-changing.ts'
import { ticketFinder } from './ticket-finder.ts'
import { ticketHealing } from './ticket-healing.ts'
import { ticketLines } from './ticket-lines.ts'
import { ticketMoving } from './ticket-moving.ts'
import { type TicketDocument, ticketReader, toTicketDocument } from './ticket-rows.ts'
import { guestsFull, userSlots } from './user-slots.ts'
import { above, between, oneOf } from './where.ts'

/** One call of `create`. */
interface Create extends Asked<Creation<Ticket>> {
  readonly ticket: NewTicket
  /** Before its waiting time is counted. */
  made?: Creation<TicketDocument>
  /** Its user, or all guests together, have as many open tickets as they may have. */
  full?: 'limit' | 'guests_limit' | undefined
}

/** The tickets of each workspace; creating one assigns it in the same write. */
export function mongoTickets(database: Database, parts: LineParts): TicketStore {
  const { tickets, managers } = parts
  const { persist } = database.deadlines
  const numbers = numbersOf(tickets)
  const theLine = mongoLine(parts)
  const moving = ticketMoving(database, tickets, theLine)
  const lines = ticketLines(database, tickets, theLine, moving)
  const { update, ...changing } = ticketChanging(database, tickets)
  const toTickets = ticketReader(tickets, managers)
  const find = ticketFinder(tickets, numbers)
  const heal = ticketHealing(tickets)
  const handedBack = new Doubts(tickets)
  const line = batches<string, Creation<Ticket>, Create>(database.deadlines, (id) => id, createAll)

  /** Inserts the tickets that are not made yet, each with the next number and a place, up to the first key that is taken. */
  async function insertNext(workspaceId: string, calls: readonly Create[]): Promise<void> {
    const waited = await waitedTopics(workspaceId, calls)
    const turns = await theLine.turns(workspaceId)
    const last = await numbers.last(workspaceId)
    const nextUserSlot = userSlots(tickets, workspaceId)
    const areGuestsFull = guestsFull(tickets, workspaceId)
    const fitting: [Create, TicketDocument][] = []
    for (const call of calls) {
      const user_slot = await nextUserSlot(call.ticket)
      call.full =
        user_slot === undefined ? 'limit' : (await areGuestsFull(call.ticket)) ? 'guests_limit' : undefined
      if (user_slot === undefined || call.full) continue
      const { product, waits } = call.ticket
      const isBehind = waits || waited.has(product)
      const row = newTicketRow(call.ticket, isBehind ? undefined : await turns.next(product))
      const n = last + fitting.length + 1
      fitting.push([call, toTicketDocument(workspaceId, n, row, user_slot)])
    }
    if (fitting.length === 0) return
    const inserted = await tickets.insert(fitting.map(([, row]) => row))
    const made = fitting.slice(0, inserted)
    for (const [call, row] of made) call.made = { created: true, row }
    const gone = await turns.served(made.map(([, { line_manager }]) => line_manager))
    for (const [call, row] of made)
      if (row.line_manager !== null && gone.has(row.line_manager))
        call.made = { created: true, row: await backInLine(row, row.line_manager) }
  }

  /** Those of the topics of some calls that others wait for already: they come first. */
  async function waitedTopics(workspaceId: string, calls: readonly Create[]): Promise<Set<string>> {
    const products = new Set(calls.map(({ ticket }) => ticket.product))
    const waited = await inLanes([...products], async (product) =>
      (await lines.isWaited(workspaceId, product)) ? [product] : [],
    )
    return new Set(waited.flat())
  }

  /** Whoever was removed as they were given a ticket does not keep it. */
  async function backInLine(row: TicketDocument, line_manager: string): Promise<TicketDocument> {
    const move = { kind: 'hand_back', line_manager } as const
    const moved = await moving.move(row.workspace_id, row._id, move, line_manager)
    return moved && 'row' in moved ? moved.row : row
  }

  /** Answers those whose cids are known. */
  async function answerKnown(workspace_id: string, calls: readonly Create[]): Promise<void> {
    for (const user_id of new Set(calls.map(({ ticket }) => ticket.user_id))) {
      const ofUser = calls.filter(({ ticket }) => ticket.user_id === user_id)
      const cid = oneOf(ofUser.map(({ ticket }) => ticket.cid))
      for (const row of await tickets.find({ workspace_id, user_id, cid })) {
        for (const call of ofUser) {
          const { cid, fingerprint } = call.ticket
          if (cid === row.cid) call.made = repeated(row, fingerprint, (same) => same)
        }
      }
    }
  }

  /** What the cid has made under an earlier id of the user. */
  async function findEarlier(ticket: NewTicket): Promise<Creation<Ticket> | undefined> {
    const { workspace_id, cid, fingerprint, earlier_ids = [] } = ticket
    const found = await Promise.all(earlier_ids.map((user_id) => tickets.get({ workspace_id, user_id, cid })))
    const row = found.find((one) => one !== undefined)
    if (!row) return undefined
    const shown = await toTicket(workspace_id, row)
    return repeated(row, fingerprint, () => shown)
  }

  /** A key that is taken is a cid's, or somebody else was faster: then it counts again. */
  async function createAll(workspaceId: string, calls: readonly Create[]): Promise<void> {
    await persist(async () => {
      const open = calls.filter(({ made }) => !made)
      if (open.length === 0) return true
      await insertNext(workspaceId, open)
      const left = open.filter(({ made }) => !made)
      if (left.length > 0) await answerKnown(workspaceId, left)
      for (const call of left) if (call.full) call.made ??= { conflict: call.full }
      return calls.every(({ made }) => made) || undefined
    })
    await answerAll(workspaceId, calls)
  }

  /** What was made, as tickets, whose waiting times are counted together. */
  async function answerAll(workspaceId: string, calls: readonly Create[]): Promise<void> {
    const rows = calls.flatMap(({ made }) => (made && 'row' in made ? made.row : []))
    const shown = new Map((await toTickets(workspaceId, rows)).map((ticket) => [ticket._id, ticket]))
    for (const call of calls) {
      const { made } = call
      // Every row has its ticket.
      if (made && 'row' in made)
        call.answer = { created: made.created, row: shown.get(made.row._id) as Ticket }
      else if (made) call.answer = made
    }
  }

  async function toTicket(workspaceId: string, row: TicketDocument): Promise<Ticket> {
    const [ticket] = await toTickets(workspaceId, [row])
    // One ticket a row.
    return ticket as Ticket
  }

  /** Those that a line manager can hand back, each time a range of an index. */
  function heldBy(workspace_id: string, line_manager: string, onlyUnanswered: boolean, limit: number) {
    const open = { workspace_id, is_closed: false, line_manager }
    const fields = ['_id', 'moves', 'product'] as const
    return onlyUnanswered
      ? tickets.find(
          { ...open, state: 'assigned', line_order: above('') },
          { fields, sort: { line_order: 1 }, limit },
        )
      : tickets.find({ ...open, n: above(0) }, { fields, sort: { n: 1 }, limit })
  }

  return {
    ...changing,
    place: lines.place,
    countInLine: lines.countInLine,
    ...mongoLineLooks(tickets),

    async firstInLine(workspaceId, products) {
      const row = await lines.first(workspaceId, products)
      return row ? toTicket(workspaceId, row) : null
    },

    async claimed(workspaceId, lineManager, cid) {
      const row = await moving.claimed(workspaceId, lineManager, cid)
      return row ? toTicket(workspaceId, row) : null
    },

    async has(workspace_id, userIds, cid) {
      const found = userIds.map((user_id) => tickets.get({ workspace_id, user_id, cid }, ['n']))
      return (await Promise.all(found)).some((row) => row !== undefined)
    },

    async handBack(workspace_id, line_manager, { onlyUnanswered = false, limit }) {
      // Without a limit, MongoDB finds all.
      const held = limit > 0 ? await heldBy(workspace_id, line_manager, onlyUnanswered, limit) : []
      const move = { kind: 'hand_back', line_manager } as const
      const partly = new Partly()
      const key = `${workspace_id}\n${line_manager}`
      const before = await handedBack.settle(key, workspace_id)
      // What is left when time is short the next call hands back.
      const until = database.deadlines.end(0.5)
      const hand = (one: (typeof held)[number]) =>
        handedBack.move(key, one, null, () => moving.move(workspace_id, one._id, move, line_manager))
      const moved = await inLanes(held, async (one) =>
        partly.isFailing || performance.now() > until ? undefined : partly.step(() => hand(one)),
      )
      // What somebody else has taken or closed meanwhile was not handed back.
      const back = moved.flatMap((one) => (one && 'row' in one && one.moved_now ? one.row : []))
      const all = [...before.filter(({ state }) => state === 'waiting'), ...back]
      return toTickets(
        workspace_id,
        partly.answer(all).toSorted((a, b) => a.n - b.n),
      )
    },

    async overdue(before, limit) {
      const rows = await tickets.findEverywhere(
        { due_at: between('', before) },
        { sort: { due_at: 1 }, limit },
      )
      // Those of a workspace together: one by one, each would count what is before it.
      const shown = new Map<string, Ticket>()
      for (const [workspace_id, own] of grouped(rows, (row) => row.workspace_id))
        for (const ticket of await toTickets(workspace_id, own)) shown.set(ticket._id, ticket)
      return rows.map(({ workspace_id, _id }) => ({ workspace_id, ticket: shown.get(_id) as Ticket }))
    },

    async move(workspaceId, ticketId, move, by) {
      const moved = await moving.move(workspaceId, ticketId, move, by)
      if (!moved || 'refused' in moved) return moved
      const { before, row, moved_now } = moved
      return {
        ...{ before: statusOf(before), predicted: before.predicted, moved_now, moves: row.moves },
        closing: closingOf(row, by),
        ticket: await toTicket(workspaceId, row),
      }
    },

    async update(workspaceId, ticketId, change) {
      const row = await update(workspaceId, ticketId, change)
      return row ? toTicket(workspaceId, row) : null
    },

    async create(ticket) {
      const known = await findEarlier(ticket)
      return known ?? line.ask(ticket.workspace_id, { ticket })
    },

    async get(workspace_id, ticketId, owners) {
      const row = await tickets.get({ workspace_id, _id: ticketId })
      const isShown = row && (!owners || owners.includes(row.user_id))
      return isShown ? toTicket(workspace_id, row) : null
    },

    async getSome(workspace_id, ticketIds) {
      const rows = await tickets.find({ workspace_id, _id: oneOf(ticketIds) })
      return toTickets(
        workspace_id,
        rows.sort((a, b) => a.n - b.n),
      )
    },

    async list(workspaceId, filter) {
      const { rows, more } = await find(workspaceId, filter)
      return { tickets: await toTickets(workspaceId, rows), more }
    },

    async close(workspaceId, ticketId, by) {
      const closed = await moving.move(workspaceId, ticketId, { kind: 'close' }, by)
      // Any ticket may be closed.
      if (!closed || 'refused' in closed) return null
      const { row, moved_now } = closed
      return {
        ticket: await toTicket(workspaceId, row),
        closing: closingOf(row, by),
        closed_now: moved_now,
      }
    },

    async assignWaiting(workspaceId, { closed = [] } = {}) {
      await heal(workspaceId)
      return line.step(workspaceId, async () => {
        const { rows, more } = await lines.assign(workspaceId, closed)
        // Those who are told of them learn the times later.
        const given = await unlessUnavailable(toTickets(workspaceId, rows), () =>
          rows.map((row) => toTicketOf(row, null)),
        )
        return { tickets: given, more }
      })
    },

    async listOpen(workspace_id, line_manager, { after, limit = mostListed } = {}) {
      const from = after === undefined ? { n: 0 } : await tickets.get({ workspace_id, _id: after }, ['n'])
      if (!from) return []
      const rows = await tickets.find(
        { workspace_id, is_closed: false, line_manager, n: above(from.n) },
        { sort: { n: 1 }, limit: Math.min(limit, mostListed) },
      )
      return toTickets(workspace_id, rows)
    },

    async shared(workspace_id, userIds, others) {
      const between = (a: string, b: string) =>
        tickets.get({ workspace_id, user_id: a, line_manager: b }, ['n'])
      const found = others.map(async (other) => {
        for (const user_id of userIds)
          if ((await between(user_id, other)) ?? (await between(other, user_id))) return [other]
        return []
      })
      return (await Promise.all(found)).flat()
    },

    async countWaiting(workspace_id) {
      const waiting = { workspace_id, is_closed: false, line_manager: null, n: above(0) }
      const stages = [{ $limit: mostCounted }, { $count: 'count' }]
      const [counted] = await tickets.aggregate<{ count: number }>(waiting, stages)
      return counted?.count ?? 0
    },
  }
}

function closingOf({ closed_by, close_count }: TicketDocument, by: string): Closing {
  return { by: closed_by ?? by, count: close_count }
}
