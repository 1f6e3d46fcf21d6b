import { countedAhead, type Ticket, waitingTime } from '@dowellchat/protocol'
import { shownFields } from '../fields/field.ts'
import { type TicketRow, ticketFields, withMetadata } from '../fields/tickets.ts'
import { columnsOf, type Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Database } from './sqlite.ts'

// Lists are long, and each further column of a row costs a third of a microsecond: what clients see, and no more.
const { selected, toRow } = columnsOf('tickets', shownFields<TicketRow, Ticket>(ticketFields))

/** What is selected of a ticket, with what its line manager needs for one. */
export type StoredTicket = Stored &
  Pick<
    TicketRow,
    'fingerprint' | 'closed_by' | 'close_count' | 'metadata_text' | 'line_order' | 'active_at' | 'created_at'
  > & {
    readonly n: number
    readonly is_closed: number
    readonly average_serving_time: number | null
  }

/** The columns of a `StoredTicket`, selected from `withManager`. */
export const ticketColumns = `tickets.n, ${selected}, tickets.fingerprint, closed_by, close_count, metadata_text,
  line_order, active_at, average_serving_time`

/** Tickets with their line managers. */
export function withManager(tickets: string): string {
  return `${tickets} LEFT JOIN line_managers
    ON line_managers.workspace_id = tickets.workspace_id AND line_managers.user_id = line_manager`
}

function selectFrom(tickets: string): string {
  return `SELECT ${ticketColumns} FROM ${withManager(tickets)}`
}

/** Selects `StoredTicket`s; a condition follows. */
export const selectTickets: string = selectFrom('tickets')

/** Open tickets by line manager. Named, because SQLite finds the index of all open tickets as good, and reads them all. */
export const byLine = 'tickets INDEXED BY tickets_open'

/** As `selectTickets`, of one line manager's open tickets. */
export const selectLine: string = selectFrom(byLine)

/** Makes the tickets of one answer from their rows, which come oldest first; each with how many are before it. */
export type ToTickets = (
  workspaceId: string,
  stored: readonly StoredTicket[],
  /** For lists, which leave out what cannot be read. Without it, that is thrown. */
  report?: Report,
) => Ticket[]

export function ticketReader(db: Database): ToTickets {
  const openBetween = db.prepare<{ tickets: number }>(
    `SELECT count(*) AS tickets FROM (SELECT 1 FROM ${byLine}
     WHERE workspace_id = ? AND line_manager = ? AND is_closed = 0 AND n >= ? AND n < ? LIMIT ?)`,
  )

  /** Counts on from the older one before, and no further than it is shown: a list costs no more than this many a manager. */
  function aheadIn(workspaceId: string): (lineManager: string, n: number) => number {
    const older = new Map<string, { n: number; ahead: number }>()
    return (lineManager, n) => {
      const last = older.get(lineManager) ?? { n: 0, ahead: 0 }
      const left = countedAhead - last.ahead
      const between = left > 0 ? openBetween.get(workspaceId, lineManager, last.n, n, left)?.tickets : 0
      const ahead = last.ahead + (between ?? 0)
      older.set(lineManager, { n, ahead })
      return ahead
    }
  }

  return (workspace_id, all, report) => {
    const ahead = aheadIn(workspace_id)
    const make = (stored: StoredTicket): Ticket => {
      const row = toRow(stored)
      const { line_manager, is_closed } = row
      const waiting_time =
        line_manager === null || is_closed
          ? null
          : waitingTime(stored.average_serving_time, ahead(line_manager, stored.n))
      return withMetadata(Object.assign(row, { waiting_time }), stored)
    }
    return report ? readable(all, make, { workspace_id, collection: 'tickets', report }) : all.map(make)
  }
}
