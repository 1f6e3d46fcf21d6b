import {
  lineOrder,
  type MoveRefusal,
  type TicketMove,
  type TicketStatus,
  ticketMove,
} from '@dowellchat/protocol'
import type { TicketRow } from './fields/tickets.ts'

/** What a move changes of a ticket's row; its slot is the driver's to find. */
export type MovingRow = TicketStatus &
  Pick<
    TicketRow,
    'is_closed' | 'closed_by' | 'close_count' | 'line_order' | 'claim_cid' | 'moves' | 'updated_at'
  >

/** What a move looks at. */
export type MovableRow = MovingRow & Pick<TicketRow, '_id' | 'priority'>

export function statusOf(row: TicketStatus): TicketStatus {
  const { state, line_manager, product, enqueued_at, assigned_at, answered_at, closed_at } = row
  return { state, line_manager, product, enqueued_at, assigned_at, answered_at, closed_at }
}

/** What a move makes of a row; undefined if nothing is left to do. */
export function movedRow(
  row: MovableRow,
  move: TicketMove,
  by: string,
  at: string,
): MovingRow | MoveRefusal | undefined {
  const before = statusOf(row)
  const status = ticketMove(before, move, at)
  if ('refused' in status) return status
  if (status === before) return undefined
  const { _id, priority, closed_by, close_count, claim_cid, moves } = row
  const isClosing = move.kind === 'close'
  return {
    ...status,
    is_closed: status.state === 'closed',
    closed_by: isClosing ? by : closed_by,
    close_count: isClosing ? close_count + 1 : close_count,
    line_order: lineOrder({ _id, priority, enqueued_at: status.enqueued_at }),
    claim_cid: status.line_manager === row.line_manager ? claim_cid : (claimOf(move)?.cid ?? null),
    moves: moves + 1,
    updated_at: at,
  }
}

/** The request that takes whichever ticket is the first, where the move is one's. */
export function claimOf(
  move: TicketMove,
): { readonly line_manager: string; readonly cid: string } | undefined {
  if (move.kind !== 'take' || move.cid === undefined) return undefined
  const { line_manager, cid } = move
  return { line_manager, cid }
}

/** Why a request takes no ticket beside the one that it has taken. */
export function claimRefusal(ticketId: string): MoveRefusal {
  return { refused: `The request has taken ticket ${ticketId} already` }
}

/** Whether a move gives a ticket only to somebody who has room. */
export function needsRoom(
  move: TicketMove,
): move is Extract<TicketMove, { readonly kind: 'take' | 'reopen' }> {
  return move.kind === 'reopen' || (move.kind === 'take' && move.within_capacity === true)
}

/** What is left of a move where its line manager has no room: a ticket that is opened again waits then. */
export function withoutRoom(move: TicketMove): TicketMove | MoveRefusal {
  if (move.kind === 'reopen') return { ...move, line_manager: null }
  return { refused: 'The line manager has no room' }
}

/** Whether a move takes the ticket from the slot that it had: it has ended, it waits, or somebody else has it. */
export function losesSlot(before: TicketStatus, after: TicketStatus): boolean {
  return after.state === 'closed' || after.line_manager !== before.line_manager
}

/** Whether it needs a slot of the line manager who has it now. */
export function needsSlot(before: TicketStatus, after: TicketStatus): boolean {
  if (after.state === 'closed' || after.line_manager === null) return false
  return before.state === 'closed' || after.line_manager !== before.line_manager
}
