import type { Ticket } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import { repeated } from '../creation.ts'
import { newTicketRow } from '../fields/tickets.ts'
import type { Place } from '../load.ts'
import { notBuilt } from '../not-built.ts'
import {
  type Creation,
  mostAssigned,
  mostCounted,
  mostListed,
  type NewTicket,
  type TicketStore,
} from '../store.ts'
import { type Asked, batches } from './batches.ts'
import type { Database } from './database.ts'
import { isTaken } from './errors.ts'
import { linePlaces } from './line.ts'
import { mongoLineLooks } from './line-looks.ts'
import type { LineManagerDocument } from './line-manager-rows.ts'
import { numbersOf } from './numbers.ts'
import type { Rows } from './rows.ts'
import { ticketFinder } from './ticket-finder.ts'
import { type TicketDocument, type TicketLoads, ticketReader } from './ticket-rows.ts'
import { userSlots } from './user-slots.ts'
import { above, oneOf } from './where.ts'

/** One call of `create`. */
interface Create extends Asked<Creation<Ticket>> {
  readonly ticket: NewTicket
  /** Before its waiting time is counted. */
  made?: Creation<TicketDocument>
  /** Its user has as many open tickets as they may have. */
  isFull?: boolean
}

/** How many waiting tickets are given at a time. */
const givenAtOnce = 50

/** The tickets of each workspace; creating one assigns it in the same write. */
export function mongoTickets(
  database: Database,
  tickets: Rows<TicketDocument>,
  managers: Rows<LineManagerDocument>,
  ticketLoads: TicketLoads,
): TicketStore {
  const { persist, end } = database.deadlines
  const numbers = numbersOf(tickets)
  const places = linePlaces(tickets, managers, ticketLoads)
  const toTickets = ticketReader(tickets, managers)
  const find = ticketFinder(tickets, numbers)
  const line = batches<string, Creation<Ticket>, Create>(database.deadlines, (id) => id, createAll)

  /** Inserts the tickets that are not made yet, each with the next number and a place, up to the first key that is taken. */
  async function insertNext(workspaceId: string, calls: readonly Create[]): Promise<void> {
    const nextPlace = await places(workspaceId)
    const last = await numbers.last(workspaceId)
    const nextUserSlot = userSlots(tickets, workspaceId)
    const fitting: [Create, TicketDocument][] = []
    for (const call of calls) {
      const user_slot = await nextUserSlot(call.ticket)
      call.isFull = user_slot === undefined
      if (user_slot === undefined) continue
      const row = newTicketRow(call.ticket, await nextPlace())
      const n = last + fitting.length + 1
      fitting.push([call, { ...row, workspace_id: workspaceId, n, user_slot }])
    }
    if (fitting.length === 0) return
    const inserted = await tickets.insert(fitting.map(([, row]) => row))
    for (const [call, row] of fitting.slice(0, inserted)) call.made = { created: true, row }
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
      for (const call of left) if (call.isFull) call.made ??= { conflict: 'limit' }
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

  /** Gives a ticket that waits a place; undefined where it waits no more, or somebody was faster to take the place. */
  async function give(
    { workspace_id, _id }: TicketDocument,
    place: Place,
  ): Promise<TicketDocument | undefined> {
    const where = { workspace_id, _id, is_closed: false, line_manager: null }
    try {
      return await tickets.change(where, { $set: { ...place, updated_at: isoNow() } })
    } catch (error) {
      if (isTaken(error)) return undefined
      throw error
    }
  }

  /** Gives places to those that have waited longest; answers how many there were to give, and what was given. */
  async function giveSome(workspace_id: string): Promise<{ offered: number; given: TicketDocument[] }> {
    const waiting = await tickets.find(
      { workspace_id, is_closed: false, line_manager: null, n: above(0) },
      { sort: { n: 1 }, limit: givenAtOnce },
    )
    if (waiting.length === 0) return { offered: 0, given: [] }
    const nextPlace = await places(workspace_id)
    const giving: Promise<TicketDocument | undefined>[] = []
    for (const ticket of waiting) {
      const place = await nextPlace()
      if (!place) break
      giving.push(give(ticket, place))
    }
    const given = await Promise.all(giving)
    return { offered: giving.length, given: given.flatMap((row) => row ?? []) }
  }

  /** Until nobody waits, nobody is free or many are given; looks again after each write, since another node may have made room. */
  async function giveAll(workspaceId: string): Promise<TicketDocument[]> {
    const all: TicketDocument[] = []
    // What is left when time is short is given by the next call; what was given must be told.
    const until = end(0.5)
    for (let isDone = false; !isDone; ) {
      const { offered, given } = await giveSome(workspaceId)
      all.push(...given)
      isDone = offered === 0 || all.length >= mostAssigned || performance.now() > until
    }
    return all
  }

  async function toTicket(workspaceId: string, row: TicketDocument): Promise<Ticket> {
    const [ticket] = await toTickets(workspaceId, [row])
    // One ticket a row.
    return ticket as Ticket
  }

  return {
    move: notBuilt,
    update: notBuilt,
    touch: notBuilt,
    firstText: notBuilt,
    firstSent: notBuilt,
    unsent: notBuilt,
    place: notBuilt,
    countInLine: notBuilt,
    ...mongoLineLooks(tickets),
    firstInLine: notBuilt,
    claimed: notBuilt,
    handBack: notBuilt,
    overdue: notBuilt,
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
      const rows = await find(workspaceId, filter)
      const shown = rows.slice(0, filter.limit)
      return { tickets: await toTickets(workspaceId, shown), more: rows.length > filter.limit }
    },

    async close(workspace_id, ticketId, by) {
      const now = isoNow()
      const closed = await tickets.change(
        { workspace_id, _id: ticketId, is_closed: false },
        {
          $set: {
            is_closed: true,
            slot: null,
            user_slot: null,
            closed_by: by,
            updated_at: now,
            closed_at: now,
          },
          $inc: { close_count: 1 },
        },
      )
      const row = closed ?? (await tickets.get({ workspace_id, _id: ticketId }))
      if (!row) return null
      const closing = { by: row.closed_by ?? by, count: row.close_count }
      return { ticket: await toTicket(workspace_id, row), closing, closed_now: closed !== undefined }
    },

    async assignWaiting(workspaceId) {
      const given = await line.step(workspaceId, () => giveAll(workspaceId))
      return toTickets(workspaceId, given)
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
