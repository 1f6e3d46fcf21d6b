import type { TicketRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

type MoveRequests = Pick<
  TicketRequests,
  | 'claim_ticket'
  | 'claim_next'
  | 'assign_ticket'
  | 'transfer_ticket'
  | 'hold_ticket'
  | 'reopen_ticket'
  | 'update_ticket'
>

/** What leads a ticket from one state to another, but for opening and closing it. */
export const ticketMoveHandlers: Handlers<MoveRequests> = {
  claim_ticket: notBuilt,
  claim_next: notBuilt,
  assign_ticket: notBuilt,
  transfer_ticket: notBuilt,
  hold_ticket: notBuilt,
  reopen_ticket: notBuilt,
  update_ticket: notBuilt,
}
