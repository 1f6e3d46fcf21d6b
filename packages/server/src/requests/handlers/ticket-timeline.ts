import type { TicketRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

type TimelineRequests = Pick<TicketRequests, 'rate_ticket' | 'get_transcript' | 'join_notes' | 'leave_notes'>

/** What is said about a ticket beside its conversation, and how to keep that. */
export const ticketTimelineHandlers: Handlers<TimelineRequests> = {
  rate_ticket: notBuilt,
  get_transcript: notBuilt,
  join_notes: notBuilt,
  leave_notes: notBuilt,
}
