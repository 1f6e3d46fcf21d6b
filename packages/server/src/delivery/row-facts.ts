import type { RowChange } from '../stores/store.ts'
import type { Facts } from './facts.ts'
import { linesOf } from './line-reading.ts'
import type { LoggedFact } from './reaches.ts'

/** The facts that show a row, or say how it has changed. Those of the log that are left out here travel with another change. */
export type RowFact = Exclude<LoggedFact, 'room_closing' | 'waiting_time_changed'>

/** What the other servers have to look at after each of these facts. */
const changes: { readonly [K in RowFact]: (data: Facts[K]) => RowChange } = {
  new_ticket: (fact) => ticketChange(fact, true),
  ticket_updated: (fact) => ticketChange(fact, false),
  topic_changed: ({ data }) => ({ kind: 'topic_changed', name: data.name }),
  line_manager_changed: ({ data }) => ({ kind: 'line_manager_changed', user_id: data.user_id }),
  line_manager_removed: ({ user_id }) => ({ kind: 'line_manager_changed', user_id }),
  canned_answer_changed: ({ answer_id }) => ({ kind: 'canned_answer_changed', answer_id }),
  user_updated: ({ data }) => ({ kind: 'user_changed', user_id: data.user_id }),
  block_changed: ({ blocked_by, user_id }) => ({
    kind: 'block_changed',
    user_id: blocked_by,
    blocked_id: user_id,
  }),
  report_changed: ({ data }) => ({ kind: 'report_changed', report_id: data._id }),
  room_updated: ({ data }) => ({ kind: 'room_changed', room: data._id, user_ids: [] }),
  member_changed: ({ room, changes }) => ({
    kind: 'room_changed',
    room,
    user_ids: changes.map(({ user_id }) => user_id),
  }),
}

/** What a fact says has changed; undefined for a fact that shows no row. */
export function rowChangeOf<K extends keyof Facts>(fact: K, data: Facts[K]): RowChange | undefined {
  const toChange = (changes as { readonly [F in keyof Facts]?: (data: Facts[F]) => RowChange })[fact]
  return toChange?.(data)
}

/** Tells rows apart, in all workspaces. */
export function rowName(workspaceId: string, change: RowChange): string {
  switch (change.kind) {
    case 'ticket_changed':
      return `ticket\n${workspaceId}\n${change.ticket_id}`
    case 'topic_changed':
      return `topic\n${workspaceId}\n${change.name}`
    case 'line_manager_changed':
      return `line_manager\n${workspaceId}\n${change.user_id}`
    case 'canned_answer_changed':
      return `canned_answer\n${workspaceId}\n${change.answer_id}`
    case 'user_changed':
      return `user\n${workspaceId}\n${change.user_id}`
    case 'report_changed':
      return `report\n${workspaceId}\n${change.report_id}`
    case 'block_changed':
      return `block\n${workspaceId}\n${change.user_id}\n${change.blocked_id}`
    case 'room_changed':
      return `room\n${workspaceId}\n${change.room}`
    default:
      return change satisfies never
  }
}

/** One change for two of the same row and kind. */
export function merged(one: RowChange, other: RowChange): RowChange {
  if (one.kind === 'room_changed' && other.kind === 'room_changed')
    return { ...one, user_ids: [...new Set([...(one.user_ids ?? []), ...(other.user_ids ?? [])])] }
  if (one.kind === 'ticket_changed' && other.kind === 'ticket_changed')
    return { ...one, lines: [...new Set([...(one.lines ?? []), ...(other.lines ?? [])])] }
  return one
}

function ticketChange({ data }: Facts['ticket_updated'], is_new: boolean): RowChange {
  const { _id: ticket_id, user_id } = data
  return { kind: 'ticket_changed', ticket_id, user_id, is_new, lines: linesOf(data) }
}
