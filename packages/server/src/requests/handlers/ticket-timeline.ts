import type { TicketRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { joinNotes, leaveNotes } from './notes.ts'
import { rateTicket } from './rating.ts'
import { getTranscript } from './transcript.ts'

type TimelineRequests = Pick<TicketRequests, 'rate_ticket' | 'get_transcript' | 'join_notes' | 'leave_notes'>

/** What is said about a ticket beside its conversation, and how to keep that. */
export const ticketTimelineHandlers: Handlers<TimelineRequests> = {
  rate_ticket: rateTicket,
  get_transcript: getTranscript,
  join_notes: joinNotes,
  leave_notes: leaveNotes,
}
