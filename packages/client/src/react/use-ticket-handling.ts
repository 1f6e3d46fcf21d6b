import { useMemo } from 'react'
import type { ClaimOptions, TicketActions } from '../tickets/ticket-actions.ts'
import { ticketMethods } from '../tickets/ticket-methods.ts'
import type { Tickets } from '../tickets/tickets.ts'
import { useChatClient } from './chat-provider.tsx'
import { type ActionState, useRequest } from './use-action.ts'

export interface UseTicketActions extends ActionState, TicketActions {
  /** Closes a ticket; closing it twice changes nothing. */
  readonly close: Tickets['close']
}

type ActionName = keyof TicketActions | 'close'

const names = ticketMethods.filter((name) => name !== 'create')

/**
 * Whatever is done with tickets but opening them, and how that goes. `error.code` is `conflict` where somebody else was faster, or
 * the ticket’s state does not allow it; `error.message` can be shown.
 * @example
 * const { transfer, hold, isPending, error } = useTicketActions()
 * const onSales = () => void transfer(ticket._id, { product: 'sales' }, { reason: 'Wants to buy more' })
 * const onHold = () => void hold(ticket._id, 'Waits for the bank')
 */
export function useTicketActions(): UseTicketActions {
  const { tickets } = useChatClient()
  const { run, isPending, error } = useRequest((cid, name: ActionName, ...args: readonly unknown[]) => {
    if (name === 'claimNext') return tickets.claimNext({ cid, ...(args[0] as ClaimOptions | undefined) })
    return (tickets[name] as (...args: readonly unknown[]) => Promise<unknown>)(...args)
  })
  const actions = useMemo(() => {
    const methods = names.map((name) => [name, (...args: readonly unknown[]) => run(name, ...args)])
    // Built from the names of the actions.
    return Object.fromEntries(methods) as unknown as Omit<UseTicketActions, keyof ActionState>
  }, [run])
  return useMemo(() => ({ ...actions, isPending, error }), [actions, isPending, error])
}
