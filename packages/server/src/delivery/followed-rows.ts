import type { CannedAnswer, LineManager, Report, Ticket, Topic, User } from '@dowellchat/protocol'
import type { RowChange, Store } from '../stores/store.ts'
import {
  type Address,
  adminsOf,
  agentsOf,
  usersOf as socketsOf,
  ticketAddresses,
  ticketAudience,
  userAudience,
} from './audience.ts'
import type { Notify } from './facts.ts'

/** A change of a row that is sent as a whole: a room's is not. */
export type FollowedChange = Exclude<RowChange, { kind: 'room_changed' }> & { readonly workspace_id: string }

/** A row as it is now. */
export interface FollowedRow {
  /** Sends it to those whom the server that changed it has sent it to. */
  readonly send: (push: Notify) => void
  readonly ticket?: Ticket
}

type Rows = Pick<
  Store,
  'tickets' | 'topics' | 'lineManagers' | 'cannedAnswers' | 'users' | 'blocks' | 'reports'
>
type Found = ReadonlyMap<FollowedChange, FollowedRow>

/** All of these kinds. */
export const followedKinds = [
  'ticket_changed',
  'topic_changed',
  'line_manager_changed',
  'canned_answer_changed',
  'user_changed',
  'block_changed',
  'report_changed',
] as const satisfies readonly FollowedChange['kind'][]

/** How many rows are read at a time. */
export const rowsAtOnce = 100

/** Where those are whom the change concerns. */
export function addressesOf(change: FollowedChange): readonly Address[] {
  const { workspace_id } = change
  switch (change.kind) {
    case 'ticket_changed':
      return change.is_new
        ? agentsOf(workspace_id).addresses
        : ticketAddresses(workspace_id, change.ticket_id, change.user_id)
    case 'topic_changed':
    case 'line_manager_changed':
    case 'canned_answer_changed':
      return agentsOf(workspace_id).addresses
    case 'user_changed':
      return userAudience(workspace_id, change.user_id).addresses
    case 'block_changed':
      return socketsOf(workspace_id, [change.user_id]).addresses
    case 'report_changed':
      return adminsOf(workspace_id).addresses
    default:
      return change satisfies never
  }
}

/** Reads the rows of some changes of one kind; those that are gone are left out. */
export async function readRows(
  store: Rows,
  workspaceId: string,
  changes: readonly FollowedChange[],
): Promise<Found> {
  const found = new Map<FollowedChange, FollowedRow>()
  const tickets = await ticketsOf(store, workspaceId, changes)
  const users = await usersOf(store, workspaceId, changes)
  for (const change of changes) {
    const row = await rowOf(store, workspaceId, change, tickets, users)
    if (row) found.set(change, row)
  }
  return found
}

async function rowOf(
  store: Rows,
  workspaceId: string,
  change: FollowedChange,
  tickets: ReadonlyMap<string, Ticket>,
  users: ReadonlyMap<string, User>,
): Promise<FollowedRow | undefined> {
  switch (change.kind) {
    case 'ticket_changed':
      return ticketRow(workspaceId, change.is_new, tickets.get(change.ticket_id))
    case 'topic_changed':
      return topicRow(workspaceId, await store.topics.get(workspaceId, change.name))
    case 'line_manager_changed':
      return managerRow(
        workspaceId,
        change.user_id,
        await store.lineManagers.get(workspaceId, change.user_id),
      )
    case 'canned_answer_changed':
      return answerRow(
        workspaceId,
        change.answer_id,
        await store.cannedAnswers.get(workspaceId, change.answer_id),
      )
    case 'user_changed':
      return userRow(workspaceId, users.get(change.user_id))
    case 'block_changed':
      return blockRow(store, workspaceId, change)
    case 'report_changed':
      return reportRow(workspaceId, await store.reports.get(workspaceId, change.report_id))
    default:
      return change satisfies never
  }
}

async function blockRow(
  store: Rows,
  workspaceId: string,
  { user_id: blocked_by, blocked_id: user_id }: Extract<FollowedChange, { kind: 'block_changed' }>,
): Promise<FollowedRow> {
  const is_blocked = (await store.blocks.get(workspaceId, blocked_by, user_id)) !== null
  const data = { blocked_by, user_id, is_blocked }
  return { send: (push) => push(socketsOf(workspaceId, [blocked_by]), 'block_changed', data) }
}

function reportRow(workspaceId: string, data: Report | null): FollowedRow | undefined {
  return data ? { send: (push) => push(adminsOf(workspaceId), 'report_changed', { data }) } : undefined
}

async function ticketsOf(store: Rows, workspaceId: string, changes: readonly FollowedChange[]) {
  const ids = changes.flatMap((one) => (one.kind === 'ticket_changed' ? one.ticket_id : []))
  const tickets = ids.length > 0 ? await store.tickets.getSome(workspaceId, [...new Set(ids)]) : []
  return new Map(tickets.map((ticket) => [ticket._id, ticket]))
}

async function usersOf(store: Rows, workspaceId: string, changes: readonly FollowedChange[]) {
  const ids = changes.flatMap((one) => (one.kind === 'user_changed' ? one.user_id : []))
  const users = ids.length > 0 ? await store.users.get(workspaceId, ids) : []
  return new Map(users.map((user) => [user.user_id, user]))
}

function ticketRow(workspaceId: string, isNew: boolean, ticket: Ticket | undefined): FollowedRow | undefined {
  if (!ticket) return undefined
  const data = { data: ticket }
  return isNew
    ? { ticket, send: (push) => push(agentsOf(workspaceId), 'new_ticket', data) }
    : { ticket, send: (push) => push(ticketAudience(workspaceId, ticket), 'ticket_updated', data) }
}

function topicRow(workspaceId: string, data: Topic | null): FollowedRow | undefined {
  return data ? { send: (push) => push(agentsOf(workspaceId), 'topic_changed', { data }) } : undefined
}

/** One who was removed is told of too. */
function managerRow(workspaceId: string, user_id: string, data: LineManager | null): FollowedRow {
  return {
    send: (push) =>
      data
        ? push(agentsOf(workspaceId), 'line_manager_changed', { data })
        : push(agentsOf(workspaceId), 'line_manager_removed', { user_id }),
  }
}

/** One that was removed is told of too. */
function answerRow(workspaceId: string, answer_id: string, answer: CannedAnswer | null): FollowedRow {
  const data = { answer_id, answer }
  return { send: (push) => push(agentsOf(workspaceId), 'canned_answer_changed', data) }
}

function userRow(workspaceId: string, data: User | undefined): FollowedRow | undefined {
  if (!data) return undefined
  return { send: (push) => push(userAudience(workspaceId, data.user_id), 'user_updated', { data }) }
}
