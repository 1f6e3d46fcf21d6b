import type { Ticket } from '@dowellchat/client'
import { useSession } from '@dowellchat/client/react'
import { useMemo } from 'react'
import type { Mentionable } from '../conversation/composer/mentionable.ts'
import type { Rights } from '../conversation/conversation-context.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { customerOf } from './ticket-words.ts'

/** A ticket's conversation is short: it has no threads. */
export function useTicketRights({ is_closed }: Ticket, isCustomer: boolean): Rights {
  const { can } = useSession()
  const canReport = can('report')
  return useMemo(
    () => ({
      canWrite: !is_closed,
      canPin: false,
      canRemoveAny: !isCustomer,
      canReport,
      hasThreads: false,
    }),
    [is_closed, isCustomer, canReport],
  )
}

/** The two who talk in a ticket can be mentioned by each other. */
export function useTicketPeople(ticket: Ticket): readonly Mentionable[] {
  const { userId } = useSelf()
  const { user_id, line_manager } = ticket
  const manager = useNameOf(line_manager ?? '')
  const customer = customerOf(ticket)
  return useMemo(() => {
    const both = [
      { user_id, name: customer },
      { user_id: line_manager ?? '', name: manager },
    ]
    return both.filter((one) => one.user_id !== '' && one.user_id !== userId)
  }, [user_id, customer, line_manager, manager, userId])
}
