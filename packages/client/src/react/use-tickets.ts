import type { Ticket } from '../entities.ts'
import type { TicketFilter } from '../tickets/ticket-filter.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface TicketsData extends ListControls {
  /** Newest first; the first page until `loadMore`. Empty until they are loaded. */
  readonly tickets: readonly Ticket[]
}

/** Tickets, and whether they are loaded (`status`). */
export type UseTickets = HookState<TicketsData>

/**
 * The tickets that the user may see, kept current: they enter and leave the list as they are opened, assigned and closed.
 * Another filter object that says the same loads nothing again.
 * @example
 * const { tickets, hasMore, loadMore } = useTickets({ product: 'billing', is_closed: false })
 * // <ul>{tickets.map(({ _id, display_name }) => <li key={_id}>{display_name}</li>)}</ul>
 * // {hasMore && <button onClick={() => void loadMore()}>Show more</button>}
 */
export function useTickets(filter?: TicketFilter | Skip): UseTickets {
  const { tickets } = useChatClient()
  return useList(filter === skip ? noList : tickets.list(filter), 'tickets')
}
