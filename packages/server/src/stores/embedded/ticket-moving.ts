import type { MoveRefusal, TicketMove, TicketStatus } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { TicketRow } from '../fields/tickets.ts'
import {
  claimOf,
  claimRefusal,
  losesSlot,
  type MovingRow,
  movedRow,
  needsRoom,
  needsSlot,
  statusOf,
  withoutRoom,
} from '../moving.ts'
import type { Stored } from './columns.ts'
import type { Line } from './line.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** What became of a ticket's row. */
export interface RowMove {
  readonly n: number
  readonly before: TicketStatus
  readonly predicted: TicketRow['predicted']
  readonly moves: number
  readonly moved_now: boolean
}

export interface TicketMoving {
  /** Null where there is no such ticket. */
  move(workspaceId: string, ticketId: string, move: TicketMove, by: string): RowMove | MoveRefusal | null
  /** The id of the ticket that a line manager has taken with a cid, and still has or has closed. */
  claimed(workspaceId: string, lineManager: string, cid: string): string | undefined
}

type StoredRow = Stored & { readonly n: number }

/** Moves tickets from one state to another, each with the slots that it takes and frees, within the transaction around it. */
export function ticketMoving(db: Database, line: Line): TicketMoving {
  const { selected, toRow } = tables.tickets
  const byId = db.prepare<StoredRow>(`SELECT n, ${selected} FROM tickets WHERE workspace_id = ? AND id = ?`)
  const write = db.prepare(
    `UPDATE tickets SET state = ?, line_manager = ?, product = ?, enqueued_at = ?, assigned_at = ?, answered_at = ?,
       closed_at = ?, is_closed = ?, closed_by = ?, close_count = ?, line_order = ?, claim_cid = ?, moves = ?, updated_at = ?, slot = ?
     WHERE n = ?`,
  )

  function writeRow(n: number, row: MovingRow, slot: number | null): void {
    const { state, line_manager, product, enqueued_at, assigned_at, answered_at, closed_at } = row
    const { is_closed, closed_by, close_count, line_order, claim_cid, moves, updated_at } = row
    write.run(
      ...[state, line_manager, product, enqueued_at, assigned_at, answered_at, closed_at],
      ...[Number(is_closed), closed_by, close_count, line_order, claim_cid, moves, updated_at, slot, n],
    )
  }

  /** The slot is counted before it is freed, and gaps are filled once it is. */
  function place(workspaceId: string, n: number, row: TicketRow, moved: MovingRow): void {
    const { line_manager } = moved
    const isGiven = needsSlot(row, moved) && line_manager !== null
    const slot = isGiven
      ? line.placeOf(workspaceId, line_manager).slot
      : losesSlot(row, moved)
        ? null
        : row.slot
    writeRow(n, moved, slot)
    if (isGiven) line.served(workspaceId, line_manager)
    if (row.line_manager !== null && row.slot !== null && losesSlot(row, moved))
      line.fill(workspaceId, { line_manager: row.line_manager, slot: row.slot })
  }

  /** A move, or what is left of it where its line manager has no room. */
  function ifRoom(workspaceId: string, move: TicketMove): TicketMove | MoveRefusal {
    if (!needsRoom(move) || move.line_manager === null) return move
    return line.hasRoom(workspaceId, move.line_manager) ? move : withoutRoom(move)
  }

  const claimedBy = db.prepare<{ id: string }>(
    'SELECT id FROM tickets WHERE workspace_id = ? AND line_manager = ? AND claim_cid = ?',
  )
  const claimed = (workspaceId: string, lineManager: string, cid: string) =>
    claimedBy.get(workspaceId, lineManager, cid)?.id

  return {
    claimed,

    move(workspaceId, ticketId, move, by) {
      const stored = byId.get(workspaceId, ticketId)
      if (!stored) return null
      const row = toRow(stored)
      const claim = claimOf(move)
      const known = claim && claimed(workspaceId, claim.line_manager, claim.cid)
      if (known !== undefined) return claimRefusal(known)
      const before = statusOf(row)
      const allowed = ifRoom(workspaceId, move)
      if ('refused' in allowed) return allowed
      const moved = movedRow(row, allowed, by, isoNow())
      if (moved && 'refused' in moved) return moved
      if (moved) place(workspaceId, stored.n, row, moved)
      const { predicted, moves } = row
      return { n: stored.n, before, predicted, moves: moved?.moves ?? moves, moved_now: moved !== undefined }
    },
  }
}
