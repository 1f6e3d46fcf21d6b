import { type Ticket, waitingTime } from '@dowellchat/protocol'
import type { Database } from './sqlite.ts'

/** A ticket as it is stored, with what its line manager needs for one. */
export interface TicketRow {
  readonly n: number
  readonly id: string
  readonly user_id: string
  readonly display_name: string | null
  readonly line_manager: string | null
  readonly is_closed: number
  readonly closed_by: string | null
  readonly close_count: number
  readonly created_at: string
  readonly updated_at: string
  readonly closed_at: string | null
  readonly client_created_at: string | null
  readonly product: string
  readonly fingerprint: string
  readonly average_serving_time: number | null
}

/** Selects `TicketRow`s; a condition follows. */
export const selectTickets: string = `
  SELECT tickets.n, tickets.id, tickets.user_id, display_name, line_manager, is_closed, closed_by, close_count,
    tickets.created_at, updated_at, closed_at, tickets.client_created_at, product, tickets.fingerprint, average_serving_time
  FROM tickets LEFT JOIN line_managers
    ON line_managers.workspace_id = tickets.workspace_id AND line_managers.user_id = line_manager`

/** Makes the tickets of one answer from their rows, which come newest first; each with how many are before it. */
export type ToTicket = (row: TicketRow) => Ticket

/** Answers the `ToTicket` of a workspace, for one answer. */
export function ticketReader(db: Database): (workspaceId: string) => ToTicket {
  const openBetween = db.prepare<{ tickets: number }>(
    `SELECT count(*) AS tickets FROM tickets
     WHERE workspace_id = ? AND line_manager = ? AND is_closed = 0 AND n >= ? AND n < ?`,
  )

  return (workspaceId) => {
    const newer = new Map<string, { n: number; ahead: number }>()

    // Counts only from the next newer ticket on, so that a list costs no more than all open tickets once.
    function ticketsAhead(lineManager: string, n: number): number {
      const last = newer.get(lineManager)
      const count = (from: number, to: number) =>
        openBetween.get(workspaceId, lineManager, from, to)?.tickets ?? 0
      const ahead = last ? last.ahead - count(n, last.n) : count(0, n)
      newer.set(lineManager, { n, ahead })
      return ahead
    }

    return (row) => {
      const isServed = row.line_manager !== null && row.is_closed === 0
      return toTicket(row, isServed ? ticketsAhead(row.line_manager, row.n) : null)
    }
  }
}

function toTicket(row: TicketRow, ahead: number | null): Ticket {
  return {
    _id: row.id,
    user_id: row.user_id,
    display_name: row.display_name,
    line_manager: row.line_manager,
    is_closed: row.is_closed === 1,
    created_at: row.created_at,
    updated_at: row.updated_at,
    closed_at: row.closed_at,
    client_created_at: row.client_created_at,
    product: row.product,
    waiting_time: ahead === null ? null : waitingTime(row.average_serving_time, ahead),
  }
}
