import { countedAhead, type Ticket, waitingTime } from '@dowellchat/protocol'
import { SharedQuestions } from '../../queues/shared-questions.ts'
import { added, boolean, inStore, integer, orNull, text } from '../fields/field.ts'
import { type TicketRow, ticketFields, toTicket } from '../fields/tickets.ts'
import type { Database } from './database.ts'
import { withState } from './give-states.ts'
import type { LineManagerDocument } from './line-manager-rows.ts'
import { type NumberedRow, numberedFields } from './numbers.ts'
import type { Declaration, Rows } from './rows.ts'
import { above, below, oneOf, type Where } from './where.ts'

/** What MongoDB keeps of a ticket beside its row. */
interface TicketKeys {
  /** One of its user's, while it is open, from 1 to as many as the user may have open; null if it was made without a limit. */
  readonly user_slot: number | null
  /** When its target is due: an index of its own, over all workspaces. */
  readonly due_at: string | null
  /** Whether a prediction is noted: filters compare with no objects. */
  readonly is_predicted: boolean
}

export type TicketDocument = TicketRow & NumberedRow & TicketKeys

const declaration: Declaration<TicketDocument> = {
  fields: {
    ...ticketFields,
    ...numberedFields,
    user_slot: inStore(orNull(integer)),
    due_at: inStore(orNull(text)),
    is_predicted: inStore(added(boolean, false)),
  },
  shardKey: { workspace_id: 1 },
  whole: withState,
  indexes: [
    { name: 'place', key: { workspace_id: 1, n: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, user_id: 1, cid: 1 }, unique: true },
    // Whoever takes a slot first has it. No slot, no key: tickets that wait and closed ones.
    {
      name: 'slot',
      key: { workspace_id: 1, line_manager: 1, slot: 1 },
      unique: true,
      only: { slot: { $gt: 0 } },
    },
    {
      name: 'user_slot',
      key: { workspace_id: 1, user_id: 1, user_slot: 1 },
      unique: true,
      only: { user_slot: { $gt: 0 } },
    },
    // Covers what is counted of the open ones; those that wait stand under null.
    {
      name: 'open',
      key: { workspace_id: 1, is_closed: 1, line_manager: 1, n: 1, slot: 1 },
      only: { is_closed: false },
    },
    { name: 'user', key: { workspace_id: 1, user_id: 1, n: 1 } },
    { name: 'people', key: { workspace_id: 1, user_id: 1, line_manager: 1 } },
    { name: 'product', key: { workspace_id: 1, product: 1, n: 1 } },
    { name: 'user_product', key: { workspace_id: 1, user_id: 1, product: 1, n: 1 } },
    // Lists of open tickets, and of closed ones.
    { name: 'closed', key: { workspace_id: 1, is_closed: 1, n: 1 } },
    { name: 'user_closed', key: { workspace_id: 1, user_id: 1, is_closed: 1, n: 1 } },
    { name: 'product_closed', key: { workspace_id: 1, product: 1, is_closed: 1, n: 1 } },
    {
      name: 'user_product_closed',
      key: { workspace_id: 1, user_id: 1, product: 1, is_closed: 1, n: 1 },
    },
    { name: 'state', key: { workspace_id: 1, state: 1, n: 1 } },
    { name: 'manager', key: { workspace_id: 1, line_manager: 1, n: 1 } },
    { name: 'created', key: { workspace_id: 1, created_at: 1, n: 1 } },
    // The lines: of all topics, of one, and of a line manager; and those of all who are open, whatever their state.
    {
      name: 'waiting',
      key: { workspace_id: 1, is_closed: 1, state: 1, line_order: 1 },
      only: { is_closed: false },
    },
    {
      name: 'line',
      key: { workspace_id: 1, is_closed: 1, state: 1, product: 1, line_order: 1 },
      only: { is_closed: false },
    },
    {
      name: 'held',
      key: { workspace_id: 1, is_closed: 1, line_manager: 1, state: 1, line_order: 1 },
      only: { is_closed: false },
    },
    { name: 'order', key: { workspace_id: 1, is_closed: 1, line_order: 1 }, only: { is_closed: false } },
    {
      name: 'user_order',
      key: { workspace_id: 1, user_id: 1, is_closed: 1, line_order: 1 },
      only: { is_closed: false },
    },
    { name: 'active', key: { workspace_id: 1, active_at: 1, n: 1 } },
    { name: 'user_active', key: { workspace_id: 1, user_id: 1, active_at: 1, n: 1 } },
    {
      name: 'manager_active',
      key: { workspace_id: 1, is_closed: 1, line_manager: 1, active_at: 1, n: 1 },
      only: { is_closed: false },
    },
    {
      name: 'open_active',
      key: { workspace_id: 1, is_closed: 1, active_at: 1, n: 1 },
      only: { is_closed: false },
    },
    // In every workspace: first messages that were not appended, and targets that are due.
    { name: 'unsent', key: { created_at: 1 }, only: { first_text: { $gt: '' } } },
    { name: 'due', key: { due_at: 1 }, only: { due_at: { $gt: '' } } },
    // However often a request is repeated at once, it takes one ticket.
    {
      name: 'claim',
      key: { workspace_id: 1, line_manager: 1, claim_cid: 1 },
      unique: true,
      only: { claim_cid: { $gt: '' } },
    },
  ],
}

/** A ticket's document. @param user_slot one of its user's, where they have a limit */
export function toTicketDocument(
  workspace_id: string,
  n: number,
  row: TicketRow,
  user_slot: number | null = null,
): TicketDocument {
  const keys = { user_slot, due_at: row.target?.due_at ?? null, is_predicted: row.predicted !== null }
  return { ...row, workspace_id, n, ...keys }
}

/** The tickets' rows. */
export function ticketRows(database: Database): Rows<TicketDocument> {
  return database.rows('tickets', declaration)
}

/** How many slots of a line manager are taken, and the highest of them. */
export interface Taken {
  readonly taken: number
  readonly highest: number
}

/**
 * The line managers of a workspace who have open tickets, or one of them, with what they have: counted, since a counter can
 * drift. This is one range of the index; those who ask for a workspace at once share it.
 */
export type TicketLoads = (workspaceId: string, lineManager?: string) => Promise<ReadonlyMap<string, Taken>>

export function ticketLoads(tickets: Rows<TicketDocument>): TicketLoads {
  const count = { $group: { _id: '$line_manager', taken: { $sum: 1 }, highest: { $max: '$slot' } } }
  const counted = async (open: Where<TicketDocument>): Promise<ReadonlyMap<string, Taken>> => {
    const groups = await tickets.aggregate<Taken & { _id: string }>(open, [count])
    return new Map(groups.map(({ _id, taken, highest }) => [_id, { taken, highest }]))
  }
  const questions = new SharedQuestions<ReadonlyMap<string, Taken>>()
  const ofAll = (workspace_id: string) =>
    questions.ask(workspace_id, () => counted({ workspace_id, is_closed: false, line_manager: above('') }))
  return (workspace_id, line_manager) =>
    line_manager === undefined
      ? ofAll(workspace_id)
      : // Every ticket has an n; SecantusDB reads an index whose last field here is in a range.
        counted({ workspace_id, is_closed: false, line_manager, n: above(0) })
}

/** Makes the tickets of one answer from their rows, each with how long it waits. */
export type ToTickets = (workspaceId: string, rows: readonly TicketDocument[]) => Promise<Ticket[]>

export function ticketReader(tickets: Rows<TicketDocument>, managers: Rows<LineManagerDocument>): ToTickets {
  /** How many open tickets of a line manager come before each of these, as far as they are counted. */
  async function aheadOf(workspace_id: string, line_manager: string, rows: readonly TicketDocument[]) {
    const places = [...new Set(rows.map(({ n }) => n))].sort((a, b) => a - b)
    const before = { workspace_id, is_closed: false, line_manager, n: below(places.at(-1) ?? 0) }
    if (places.length === 1) {
      const [counted] = await tickets.aggregate<{ count: number }>(before, [
        { $limit: countedAhead },
        { $group: { _id: null, count: { $sum: 1 } } },
      ])
      return () => counted?.count ?? 0
    }
    // Counted once for all of them: how many of the first ones are between one and the next.
    const between = await tickets.aggregate<{ _id: number; count: number }>(before, [
      { $sort: { n: 1 } },
      { $limit: countedAhead },
      { $bucket: { groupBy: '$n', boundaries: [0, ...places] } },
    ])
    return (n: number) => between.reduce((sum, { _id, count }) => (_id < n ? sum + count : sum), 0)
  }

  async function waitingTimes(workspace_id: string, served: readonly ServedRow[]) {
    const names = [...new Set(served.map(({ line_manager }) => line_manager))]
    const [found, ...ahead] = await Promise.all([
      managers.find({ workspace_id, user_id: oneOf(names) }, { fields: ['user_id', 'average_serving_time'] }),
      ...names.map((name) =>
        aheadOf(
          workspace_id,
          name,
          served.filter(({ line_manager }) => line_manager === name),
        ),
      ),
    ])
    return ({ line_manager, n }: ServedRow) => {
      const average = found.find(({ user_id }) => user_id === line_manager)?.average_serving_time ?? null
      return waitingTime(average, ahead[names.indexOf(line_manager)]?.(n) ?? 0)
    }
  }

  return async (workspaceId, rows) => {
    const served = rows.filter(isServed)
    if (served.length === 0) return rows.map((row) => toTicket(row, null))
    const waiting = await waitingTimes(workspaceId, served)
    return rows.map((row) => toTicket(row, isServed(row) ? waiting(row) : null))
  }
}

type ServedRow = TicketDocument & { readonly line_manager: string }

function isServed(row: TicketDocument): row is ServedRow {
  return row.line_manager !== null && !row.is_closed
}
