import { useMemo } from 'react'
import type { Ticket } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import type { Tickets } from '../tickets/tickets.ts'
import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { noList, type UseList, useList } from './use-list.ts'

export interface UseTickets extends UseList, Pick<LiveList<Ticket>, 'loadMore'> {
  /** Newest first. */
  readonly tickets: readonly Ticket[]
  /** Opens a ticket about a topic. Rejects with a `RequestError`: `not_found` if the topic does not exist. */
  readonly createTicket: Tickets['create']
  /** Closes a ticket; closing twice changes nothing. Rejects with a `RequestError`. */
  readonly closeTicket: Tickets['close']
}

/** The tickets that this user may see, of one topic or all, kept current as they are opened, assigned and closed. */
export function useTickets(product?: string | Skip): UseTickets {
  const { tickets } = useChatClient()
  const list = product === skip ? noList : tickets.list({ product })
  const state = useList<Ticket>(list)
  return useMemo(() => {
    const { items, ...rest } = state
    const { create: createTicket, close: closeTicket } = tickets
    return { ...rest, tickets: items, loadMore: list.loadMore, createTicket, closeTicket }
  }, [state, tickets, list])
}
