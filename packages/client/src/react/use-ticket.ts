import { useCallback, useMemo } from 'react'
import type { Ticket } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import { rejectSkipped, type Skip, skip } from './skip.ts'
import type { UseList } from './use-list.ts'
import { noThing, useThing } from './use-thing.ts'

export interface UseTicket extends UseList {
  /** The ticket; null while loading, and where there is none that the user may see. */
  readonly ticket: Ticket | null
  /** Closes it; closing twice changes nothing. Rejects with a `RequestError`. */
  readonly closeTicket: () => Promise<Ticket>
}

/** One ticket of those that this user may see, by its id. */
export function useTicket(ticketId: string | Skip): UseTicket {
  const { tickets } = useChatClient()
  const state = useThing<Ticket>(ticketId === skip ? noThing : tickets.get(ticketId))
  const closeTicket = useCallback(
    () => (ticketId === skip ? rejectSkipped() : tickets.close(ticketId)),
    [tickets, ticketId],
  )
  return useMemo(() => {
    const { data, ...rest } = state
    return { ...rest, ticket: data, closeTicket }
  }, [state, closeTicket])
}
