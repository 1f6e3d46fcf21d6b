import { factText, type TicketFact } from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import type { Call } from '../stores/store.ts'
import { untilAvailable } from '../stores/until-available.ts'
import { factDraft, nameOf, type TimelineParts, toTicket } from './ticket-facts.ts'

/** For how long it is tried while the store is unavailable. */
const longestMs = 20_000

/** Tells of a call that has ended. Never rejects. */
export type TellCall = (workspaceId: string, call: Call) => Promise<void>

interface TellingCallsParts extends TimelineParts {
  readonly logger: Logger
  /** A server that stops tries nothing again. */
  isStopping(): boolean
}

/** Tells in a ticket's conversation of the calls that were started from it, behind their ends: how long people have talked. */
export function tellingCalls(parts: TellingCallsParts): TellCall {
  return async (workspaceId, call) => {
    if (call.ticket_id === null) return
    try {
      const told = { ...call, ticket_id: call.ticket_id }
      await untilAvailable(
        longestMs,
        () => tellCall(parts, workspaceId, told),
        () => !parts.isStopping(),
      )
    } catch (error) {
      const fields = { error, call: call._id, ticket: call.ticket_id, workspace: workspaceId }
      parts.logger.error(fields, 'A call could not be told in the conversation of its ticket')
    }
  }
}

async function tellCall(
  parts: TimelineParts,
  workspaceId: string,
  { _id: call_id, ticket_id, caller, answered_at, ended_at }: Call & { readonly ticket_id: string },
): Promise<void> {
  const ticket = await parts.store.tickets.get(workspaceId, ticket_id)
  if (!ticket) return
  const isAnswered = answered_at !== null && ended_at !== null
  const talkedMs = isAnswered ? Math.max(0, Date.parse(ended_at) - Date.parse(answered_at)) : null
  const fact: TicketFact = { call_id, duration_ms: talkedMs }
  const by = { user_id: caller.user_id, name: await nameOf(parts, workspaceId, caller.user_id) }
  const cid = `called:${ticket_id}:${call_id}`
  const draft = factDraft(ticket, { kind: 'called', cid, text: factText('called', fact), fact, by })
  await toTicket(parts, workspaceId, draft)
}
