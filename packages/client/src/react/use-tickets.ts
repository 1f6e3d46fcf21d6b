import type { Ticket } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noList, useList } from './use-list.ts'

export interface TicketsData {
  /** Newest first. Empty until they are loaded. */
  readonly tickets: readonly Ticket[]
  /** Loads them again; `error` says whether that failed. */
  readonly reload: LiveList<Ticket>['reload']
}

/** Tickets, and whether they are loaded (`status`). */
export type UseTickets = HookState<TicketsData>

/**
 * The tickets that the user may see, of one topic or all, kept current as they are opened, assigned and closed.
 * @example
 * const { tickets } = useTickets('billing')
 * // <ul>{tickets.map(({ _id, is_closed }) => <li key={_id}>{is_closed ? 'Closed' : 'Open'}</li>)}</ul>
 */
export function useTickets(product?: string | Skip): UseTickets {
  const { tickets } = useChatClient()
  return useList(product === skip ? noList : tickets.list(product), 'tickets')
}
