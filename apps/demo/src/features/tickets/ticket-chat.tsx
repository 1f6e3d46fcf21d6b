import { useTicket } from '@dowellchat/client/react'
import { lazyPart } from '../../components/lazy-part.tsx'
import { Problem } from '../../components/problem.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { useSelf } from '../people/use-self.ts'
import { TicketConversation } from './ticket-conversation.tsx'

const loading = <Skeleton label="Loading the ticket" />
const DeskConversation = lazyPart(async () => (await import('../desk/parts.ts')).DeskConversation, {
  waiting: () => loading,
})

/** The conversation of a ticket alone, as its customer or those who answer it see it. */
export function TicketChat({ id }: { readonly id: string }) {
  const { role } = useSelf()
  const { ticket, error } = useTicket(id)
  if (!ticket) return error ? <Problem what={error} /> : loading
  return role === 'customer' ? <TicketConversation ticket={ticket} /> : <DeskConversation ticket={ticket} />
}
