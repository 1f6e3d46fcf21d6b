import { type Ticket, waitingTime } from '@dowellchat/protocol'
import { shownFields } from '../fields/field.ts'
import { type TicketRow, ticketFields } from '../fields/tickets.ts'
import { columnsOf, type Stored } from './columns.ts'
import type { Database } from './sqlite.ts'

// Lists are long, and each further column of a row costs a third of a microsecond: what clients see, and no more.
const { selected, toRow } = columnsOf('tickets', shownFields<TicketRow, Ticket>(ticketFields))

/** What is selected of a ticket, with what its line manager needs for one. */
export type StoredTicket = Stored &
  Pick<TicketRow, 'fingerprint' | 'closed_by' | 'close_count'> & {
    readonly n: number
    readonly is_closed: number
    readonly average_serving_time: number | null
  }

/** Selects `StoredTicket`s; a condition follows. */
export const selectTickets: string = `
  SELECT tickets.n, ${selected}, tickets.fingerprint, closed_by, close_count, average_serving_time
  FROM tickets LEFT JOIN line_managers
    ON line_managers.workspace_id = tickets.workspace_id AND line_managers.user_id = line_manager`

/** Makes the tickets of one answer from their rows, which come newest first; each with how many are before it. */
export type ToTicket = (stored: StoredTicket) => Ticket

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

    return (stored) => {
      const row = toRow(stored)
      if (row.line_manager === null || row.is_closed) return Object.assign(row, { waiting_time: null })
      const ahead = ticketsAhead(row.line_manager, stored.n)
      return Object.assign(row, { waiting_time: waitingTime(stored.average_serving_time, ahead) })
    }
  }
}
