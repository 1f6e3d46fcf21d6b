import type { Ticket } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

export interface NewTicket
  extends ClientMade,
    Pick<Ticket, 'user_id' | 'display_name' | 'product' | 'client_created_at'> {
  readonly workspace_id: string
  /** Further ids under which the user may have used the cid before. */
  readonly earlier_ids?: readonly string[]
  /** How many tickets of the user may be open. A driver may leave out those that were made without a limit. */
  readonly most_open?: number
  readonly metadata?: Ticket['metadata']
}

/** Who closed a ticket last, and how many times it has been closed: what the `closed` entry reports. */
export interface Closing {
  readonly by: string
  readonly count: number
}

export interface TicketFilter {
  /** Whose tickets: those of all these ids together. */
  readonly user_ids?: readonly string[]
  readonly product?: string
  readonly is_closed?: boolean
  /** The id of the last ticket that the asker has; one that the filter's users have not gives nothing. */
  readonly before?: string
  readonly limit: number
}

/** Where a line goes on, and how many of its tickets are wanted. */
export interface LineRange {
  /** The id of the ticket that those wanted follow, open or not. */
  readonly after?: string
  /** 1,000 at most, which is also what it is without one. */
  readonly limit?: number
}

/** The most tickets that `assignWaiting` gives at once, and that `listOpen` lists. */
export const mostAssigned = 100
export const mostListed = 1_000

/** No method may cost more the more tickets a workspace has, but for one count of a line manager's open ones. */
export interface TicketStore {
  /**
   * Stores a ticket and, in the same write, gives it a free slot (1 … capacity) of the active line manager
   * with the fewest open tickets, then the lowest position, then the oldest. With nobody free it waits
   * (`line_manager: null`). A cid is unique per workspace and user.
   */
  create(ticket: NewTicket): Promise<Creation<Ticket>>
  /**
   * Null where there is no such ticket, or it is not one of the owners'; that is decided before anything is counted, so that
   * both take the same time.
   */
  get(workspaceId: string, ticketId: string, owners?: readonly string[]): Promise<Ticket | null>
  /** Those that there are, oldest first. */
  getSome(workspaceId: string, ticketIds: readonly string[]): Promise<Ticket[]>
  /** Newest first. */
  list(workspaceId: string, filter: TicketFilter): Promise<{ tickets: Ticket[]; more: boolean }>
  /** Closes once and frees the slot; null where there is no such ticket. */
  close(
    workspaceId: string,
    ticketId: string,
    by: string,
  ): Promise<{ ticket: Ticket; closing: Closing; closed_now: boolean } | null>
  /**
   * Gives waiting tickets, oldest first, to whoever is free; answers those that were given, at most `mostAssigned`: then
   * there may be more.
   */
  assignWaiting(workspaceId: string): Promise<Ticket[]>
  /** The open tickets of a line manager, oldest first. An unknown ticket is followed by none. */
  listOpen(workspaceId: string, lineManager: string, range?: LineRange): Promise<Ticket[]>
  /** Which of the others have a ticket with one of the users: one is its customer, the other its line manager. */
  shared(workspaceId: string, userIds: readonly string[], others: readonly string[]): Promise<string[]>
  /** How many open tickets have no line manager, as far as `mostCounted`. */
  countWaiting(workspaceId: string): Promise<number>
}

/** Whoever counts waiting tickets learns of no more: counting must not cost what a workspace has. */
export const mostCounted = 10_000
