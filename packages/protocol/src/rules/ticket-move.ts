import type { Ticket } from '../tickets.ts'

/** What a ticket's moves look at and change. */
export type TicketStatus = Pick<
  Ticket,
  'state' | 'line_manager' | 'product' | 'enqueued_at' | 'assigned_at' | 'answered_at' | 'closed_at'
>

/** Who has the ticket, as far as the mover knows; undefined where that does not matter. */
interface Expecting {
  readonly expected?: string | null | undefined
}

/** What can happen to a ticket. */
export type TicketMove =
  /**
   * A line manager takes it out of the line, or is given it there. `cid`: of the request that took whichever was the first.
   * `within_capacity`: only if they have room, which the store knows.
   */
  | {
      readonly kind: 'take'
      readonly line_manager: string
      readonly cid?: string
      readonly within_capacity?: true
    }
  /** It goes to a line manager, from wherever it is. */
  | ({ readonly kind: 'assign'; readonly line_manager: string } & Expecting)
  /** It goes into the line of a topic. */
  | ({ readonly kind: 'transfer'; readonly product: string } & Expecting)
  /** Its line manager has left, and it goes back to the line. */
  | { readonly kind: 'hand_back'; readonly line_manager: string }
  /** Somebody of the team has written to its customer. */
  | { readonly kind: 'answer' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'close' }
  /** It is opened again: for its line manager, where they are free for it, else for the line. The store knows whether they have room. */
  | { readonly kind: 'reopen'; readonly line_manager: string | null }

/** Why a move is not possible, in words for people. */
export interface MoveRefusal {
  readonly refused: string
}

/**
 * What a move makes of a ticket; itself if nothing is left to do.
 *
 * waiting → assigned → open ⇄ on_hold; each of them → closed → waiting or assigned; a line manager who leaves, and a transfer
 * to a topic, lead back to waiting.
 * @param at the time of the move, in ISO 8601
 */
export function ticketMove(ticket: TicketStatus, move: TicketMove, at: string): TicketStatus | MoveRefusal {
  const { state, line_manager } = ticket
  if (move.kind === 'close')
    return state === 'closed' ? ticket : { ...ticket, state: 'closed', closed_at: at }
  if (move.kind === 'reopen') return state === 'closed' ? reopened(ticket, move.line_manager, at) : ticket
  if (state === 'closed') return { refused: 'The ticket is closed' }
  if ('expected' in move && move.expected !== undefined && move.expected !== line_manager)
    return { refused: has(line_manager) }
  switch (move.kind) {
    case 'take':
      return state === 'waiting' ? given(ticket, move.line_manager, at) : { refused: has(line_manager) }
    case 'assign':
      return line_manager === move.line_manager ? ticket : given(ticket, move.line_manager, at)
    case 'transfer':
      if (state === 'waiting' && ticket.product === move.product) return ticket
      return waiting({ ...ticket, product: move.product })
    case 'hand_back':
      return line_manager === move.line_manager ? waiting(ticket) : { refused: has(line_manager) }
    case 'answer':
      return answered(ticket, at)
    case 'hold':
      if (state === 'waiting') return { refused: has(null) }
      return state === 'on_hold' ? ticket : { ...ticket, state: 'on_hold' }
    case 'resume':
      if (state !== 'on_hold') return ticket
      return { ...ticket, state: ticket.answered_at === null ? 'assigned' : 'open' }
    default:
      return move satisfies never
  }
}

function has(line_manager: string | null): string {
  return line_manager === null ? 'Nobody has the ticket' : `${line_manager} has the ticket`
}

function given(ticket: TicketStatus, line_manager: string, at: string): TicketStatus {
  return { ...ticket, state: 'assigned', line_manager, assigned_at: at }
}

function waiting(ticket: TicketStatus): TicketStatus {
  return { ...ticket, state: 'waiting', line_manager: null, assigned_at: null }
}

/** The first answer counts, whoever gives it; a ticket that waits stays in the line. */
function answered(ticket: TicketStatus, at: string): TicketStatus {
  const answered_at = ticket.answered_at ?? at
  return { ...ticket, answered_at, state: ticket.state === 'assigned' ? 'open' : ticket.state }
}

function reopened(ticket: TicketStatus, line_manager: string | null, at: string): TicketStatus {
  const open = { ...ticket, closed_at: null }
  return line_manager === null ? { ...waiting(open), enqueued_at: at } : given(open, line_manager, at)
}
