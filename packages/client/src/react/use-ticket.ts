import { useCallback, useMemo } from 'react'
import type { Ticket } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import { select } from './select.ts'
import { rejectSkipped, type Skip, skip } from './skip.ts'
import { type List, noList, type UseList } from './use-list.ts'
import { useObservable, useRetained } from './use-observable.ts'

export interface UseTicket extends UseList {
  /** The ticket; null while loading, and if none of this user's newest 5,000 tickets has that id. */
  readonly ticket: Ticket | null
  /** Closes it; closing twice changes nothing. Rejects with a `RequestError`. */
  readonly closeTicket: () => Promise<Ticket>
}

/**
 * One ticket of those that this user may see. Loads the list that `useTickets()` shares; changes of other tickets do not
 * render it again.
 */
export function useTicket(ticketId: string | Skip): UseTicket {
  const { tickets } = useChatClient()
  const list: List<Ticket> = ticketId === skip ? noList : tickets.list()
  useRetained(list)
  const one = useMemo(
    () =>
      select(list, ({ status, sync, error, items }) => ({
        status,
        sync,
        error,
        ticket: items.find(({ _id }) => _id === ticketId) ?? null,
      })),
    [list, ticketId],
  )
  const state = useObservable(one)
  const closeTicket = useCallback(
    () => (ticketId === skip ? rejectSkipped() : tickets.close(ticketId)),
    [tickets, ticketId],
  )
  return useMemo(() => ({ ...state, closeTicket }), [state, closeTicket])
}
