import type { Ticket } from '../entities.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface TicketData {
  readonly ticket: Ticket
  /** Loads it again; `error` says whether that failed. */
  readonly reload: LiveThing<Ticket>['reload']
}

/** A ticket, and whether it is loaded (`status`). */
export type UseTicket = HookState<TicketData, Missing<TicketData, 'ticket'>>

/**
 * A ticket by its id, kept current. `error.code` is `not_found` if there is none, or none that the user may see.
 * @example
 * const state = useTicket(id)
 * if (state.status === 'error') return <p role="alert">{state.error.message}</p>
 * if (state.status !== 'ready') return <p>Loading…</p>
 * return <h1>{state.ticket.product}</h1>
 */
export function useTicket(ticketId: string | Skip): UseTicket {
  const { tickets } = useChatClient()
  return useThing(ticketId === skip ? noThing : tickets.get(ticketId), 'ticket')
}
