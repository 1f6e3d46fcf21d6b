import { useTicket } from '@dowellchat/client/react'
import { lazy, Suspense } from 'react'
import { Problem } from '../../components/problem.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { useSelf } from '../people/use-self.ts'
import { TicketConversation } from './ticket-conversation.tsx'

const DeskConversation = lazy(async () => ({
  default: (await import('../desk/parts.ts')).DeskConversation,
}))

/** The conversation of a ticket alone, as its customer or those who answer it see it. */
export function TicketChat({ id }: { readonly id: string }) {
  const { role } = useSelf()
  const { ticket, error } = useTicket(id)
  if (!ticket) return error ? <Problem what={error} /> : <Skeleton label="Loading the ticket" />
  if (role === 'customer') return <TicketConversation ticket={ticket} />
  return (
    <Suspense fallback={<Skeleton label="Loading the ticket" />}>
      <DeskConversation ticket={ticket} />
    </Suspense>
  )
}
