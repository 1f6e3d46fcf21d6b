import type { MoveRefusal, Ticket, TicketMove, TicketStatus, Wait } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

export interface NewTicket
  extends ClientMade,
    Pick<Ticket, 'user_id' | 'display_name' | 'product' | 'client_created_at'> {
  readonly workspace_id: string
  /** Further ids under which the user may have used the cid before. */
  readonly earlier_ids?: readonly string[]
  /** How many tickets of the user may be open. A driver may leave out those that were made without a limit. */
  readonly most_open?: number
  /** How many tickets of all guests of the workspace may be open (`guests_limit`). Those who create at once may make a few more. */
  readonly most_guests_open?: number
  readonly metadata?: Ticket['metadata']
  readonly subject?: string | null
  /** The first message, as JSON, until `firstSent`: it is appended behind this. */
  readonly first_text?: string | null
  /** Nobody is given it now, whoever is free: its topic is closed, or the workspace's own strategy decides. */
  readonly waits?: boolean
}

/** What a move has made of a ticket. */
export interface Moved {
  readonly ticket: Ticket
  readonly before: TicketStatus
  /** How long it was said to wait, where that was noted. */
  readonly predicted: Wait | null
  /** False where nothing was left to do. */
  readonly moved_now: boolean
  /** How often the ticket has been moved: names the entry that tells of it. */
  readonly moves: number
  /** Who closed it last, and how many times it was closed. */
  readonly closing: Closing
}

/** What becomes of a ticket beside its moves. What is left out stays. */
export type TicketChange = Partial<
  Pick<Ticket, 'subject' | 'priority' | 'tags' | 'rating' | 'target'> & {
    /** Null removes it. */
    readonly metadata: Ticket['metadata'] | null
    /** How long it was said to wait, when it came into the line; what became of it is measured. */
    readonly predicted: Wait | null
  }
>

/** Where a ticket stands in its line. */
export interface LinePlace {
  /** `topicLine` or `managerLine`. */
  readonly line: string
  /** `lineOrder` of the ticket. */
  readonly order: string
  /** How many are before it, as far as `countedAhead`. */
  readonly ahead: number
}

/** How long a ticket was said to wait. */
export interface Prediction {
  readonly ticket_id: string
  readonly predicted: Wait
}

/** Which of a line manager's tickets go back to the line. */
export interface HandBack {
  /** Leaves out those that have been answered. */
  readonly onlyUnanswered?: boolean
  /** With 0, only those are answered that an earlier call has handed back although its answer was lost. */
  readonly limit: number
}

/** Which tickets are not to be given. */
export interface Assigning {
  /** Topics whose people do not work now. */
  readonly closed?: readonly string[]
}

/** What a look at the lines has given. */
export interface Given {
  readonly tickets: Ticket[]
  /** Whether it ended before all was given that can be given now: the next one goes on. */
  readonly more: boolean
}

/** A ticket that was written to. */
export interface TicketActivity {
  readonly ticket_id: string
  readonly at: string
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
  readonly states?: readonly Ticket['state'][]
  /** Null: those that nobody has. */
  readonly line_manager?: string | null
  readonly tag?: string
  /** Is looked for in subjects, names and ids of customers, whatever the case. */
  readonly text?: string
  /** `YYYY-MM-DD`, in UTC. */
  readonly day?: string
  readonly order?: 'newest' | 'longest_waiting' | 'last_activity'
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

/** How many tickets a list looks through for what no index leads to. Open ones are not among closed ones there. */
export const mostLookedThrough = 10_000

/** The most tickets that `assignWaiting` gives at once, and that `listOpen` lists. */
export const mostAssigned = 100
export const mostListed = 1_000

/** No method may cost more the more tickets a workspace has, but for one count of a line manager's open ones. */
export interface TicketStore {
  /**
   * Stores a ticket and, in the same write, gives it a free slot (1 … capacity) of the active line manager
   * with the fewest open tickets, then the lowest position, then the oldest. With nobody free, or others in its line, it waits
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
  /** In the filter's order. There is `more` also where the rest was not looked through. */
  list(workspaceId: string, filter: TicketFilter): Promise<{ tickets: Ticket[]; more: boolean }>
  /** Closes once and frees the slot; null where there is no such ticket. */
  close(
    workspaceId: string,
    ticketId: string,
    by: string,
  ): Promise<{ ticket: Ticket; closing: Closing; closed_now: boolean } | null>
  /**
   * Makes a move as `ticketMove` decides, if the ticket allows it then; null where there is no such ticket. A `reopen` gives it to no
   * line manager who has no room, or is not there: it waits then. A `take` `within_capacity` is refused there.
   */
  move(
    workspaceId: string,
    ticketId: string,
    move: TicketMove,
    by: string,
  ): Promise<Moved | MoveRefusal | null>
  /** Changes what is named; null where there is no such ticket. */
  update(workspaceId: string, ticketId: string, change: TicketChange): Promise<Ticket | null>
  /** Notes when tickets were written to last: what `last_activity` orders by. Unknown ones are left out. */
  touch(workspaceId: string, activity: readonly TicketActivity[]): Promise<void>
  /** The first message of a ticket that was not appended yet, as JSON; null where there is none. */
  firstText(workspaceId: string, ticketId: string): Promise<string | null>
  /** Notes that the first message was appended. */
  firstSent(workspaceId: string, ticketId: string): Promise<void>
  /** Tickets whose first message was not appended, made before a time, in all workspaces. */
  unsent(
    before: string,
    limit: number,
  ): Promise<{ readonly workspace_id: string; readonly ticket_id: string }[]>
  /** Where an open ticket stands: in its topic's line while it waits, else in its line manager's; null where it is not open. */
  place(workspaceId: string, ticketId: string): Promise<LinePlace | null>
  /** How many tickets wait in the line of a topic, as far as `countedAhead`. */
  countInLine(workspaceId: string, product: string): Promise<number>
  /** The `lineOrder`s of those in a line, `topicLine` or `managerLine`, first to last, as far as `countedAhead`. */
  ordersIn(workspaceId: string, line: string): Promise<string[]>
  /** How long some tickets were said to wait, where that was noted; it is forgotten with it. */
  takePredictions(workspaceId: string, ticketIds: readonly string[]): Promise<Prediction[]>
  /** The first that waits, of these topics or of all; null where none does. */
  firstInLine(workspaceId: string, products?: readonly string[]): Promise<Ticket | null>
  /** The ticket that a line manager has taken by a request with this cid, and has or has closed; null where there is none. */
  claimed(workspaceId: string, lineManager: string, cid: string): Promise<Ticket | null>
  /** Whether one of the users has opened a ticket with this cid. */
  has(workspaceId: string, userIds: readonly string[], cid: string): Promise<boolean>
  /** Gives open tickets of a line manager back to the line, at the places that their times give them; answers those. */
  handBack(workspaceId: string, lineManager: string, how: HandBack): Promise<Ticket[]>
  /** Tickets whose target is past, in all workspaces. */
  overdue(
    before: string,
    limit: number,
  ): Promise<{ readonly workspace_id: string; readonly ticket: Ticket }[]>
  /**
   * Gives waiting tickets, in the order of their lines, to whoever is free, there and serves their topic, by the topic's strategy;
   * answers those that were given, at most `mostAssigned`.
   */
  assignWaiting(workspaceId: string, assigning?: Assigning): Promise<Given>
  /** The open tickets of a line manager, oldest first. An unknown ticket is followed by none. */
  listOpen(workspaceId: string, lineManager: string, range?: LineRange): Promise<Ticket[]>
  /** Which of the others have a ticket with one of the users: one is its customer, the other its line manager. */
  shared(workspaceId: string, userIds: readonly string[], others: readonly string[]): Promise<string[]>
  /** How many open tickets have no line manager, as far as `mostCounted`. */
  countWaiting(workspaceId: string): Promise<number>
}

/** Whoever counts waiting tickets learns of no more: counting must not cost what a workspace has. */
export const mostCounted = 10_000
