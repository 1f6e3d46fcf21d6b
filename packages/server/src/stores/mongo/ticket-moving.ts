import type { MoveRefusal, TicketMove } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import {
  claimOf,
  claimRefusal,
  losesSlot,
  type MovingRow,
  movedRow,
  needsRoom,
  needsSlot,
  withoutRoom,
} from '../moving.ts'
import type { Database } from './database.ts'
import { isTaken } from './errors.ts'
import type { Line } from './line.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { asRead } from './where.ts'

/** What became of a ticket's row. */
export interface RowMove {
  readonly before: TicketDocument
  readonly row: TicketDocument
  /** False where nothing was left to do. */
  readonly moved_now: boolean
}

export interface TicketMoving {
  /** Reads the ticket and moves it, until nobody else is faster; null where there is no such ticket. */
  move(
    workspaceId: string,
    ticketId: string,
    move: TicketMove,
    by: string,
  ): Promise<RowMove | MoveRefusal | null>
  /** What a line manager has taken with a cid, and still has or has closed. */
  claimed(workspaceId: string, lineManager: string, cid: string): Promise<TicketDocument | undefined>
  /** Gives a ticket that waits a place; undefined where somebody else was faster to take one of the two. */
  give(row: TicketDocument, lineManager: string, slot: number): Promise<TicketDocument | undefined>
}

/** The condition under which a row is still as it was read, as far as moves look at it. */
export function unmoved({ workspace_id, _id, moves, priority }: TicketDocument) {
  return { workspace_id, _id, moves: asRead(moves, 0), priority: asRead(priority, 'normal') }
}

/** Moves tickets from one state to another: each move is one write, which compares and sets. */
export function ticketMoving(
  { deadlines }: Database,
  tickets: Rows<TicketDocument>,
  line: Line,
): TicketMoving {
  /** Undefined where the ticket has changed since, or its slot is taken. */
  async function write(
    before: TicketDocument,
    moved: MovingRow,
    slot: number | null,
  ): Promise<TicketDocument | undefined> {
    const $set = { ...moved, slot, ...(moved.is_closed && { user_slot: null }) }
    try {
      return await tickets.changeAndRead(unmoved(before), { $set })
    } catch (error) {
      if (isTaken(error)) return undefined
      throw error
    }
  }

  const claimed: TicketMoving['claimed'] = (workspace_id, line_manager, claim_cid) =>
    tickets.get({ workspace_id, line_manager, claim_cid })

  async function attempt(
    before: TicketDocument,
    move: TicketMove,
    by: string,
  ): Promise<RowMove | MoveRefusal | undefined> {
    // Of those that look at once, the unique key of a claim lets one write.
    const claim = claimOf(move)
    const known = claim && (await claimed(before.workspace_id, claim.line_manager, claim.cid))
    if (known) return claimRefusal(known._id)
    const moved = movedRow(before, move, by, isoNow())
    if (!moved) return { before, row: before, moved_now: false }
    if ('refused' in moved) return moved
    const to = needsSlot(before, moved) ? moved.line_manager : null
    const kept = losesSlot(before, moved) ? null : before.slot
    const slotOf = needsRoom(move) ? line.freeSlotOf : line.slotOf
    const slot = to === null ? kept : await slotOf(before.workspace_id, to)
    if (slot === undefined) {
      const left = withoutRoom(move)
      return 'refused' in left ? left : attempt(before, left, by)
    }
    const row = await write(before, moved, slot)
    if (row && to !== null) await line.served(row.workspace_id, to, moved.updated_at)
    return row && { before, row, moved_now: true }
  }

  return {
    claimed,

    move: (workspace_id, ticketId, move, by) =>
      deadlines.persist<RowMove | MoveRefusal | null>(async () => {
        const before = await tickets.get({ workspace_id, _id: ticketId })
        return before ? attempt(before, move, by) : null
      }),

    async give(row, line_manager, slot) {
      const moved = movedRow(row, { kind: 'take', line_manager }, line_manager, isoNow())
      return moved && !('refused' in moved) ? write(row, moved, slot) : undefined
    },
  }
}
