import { Inbox } from 'lucide-react'
import { EmptyState } from '../../components/empty-state.tsx'
import { lazyPart } from '../../components/lazy-part.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Split } from '../../components/split.tsx'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { useSelf } from '../people/use-self.ts'
import { CustomerTickets } from './customer-tickets.tsx'
import { TicketView } from './ticket-view.tsx'
import './tickets.css'

const DeskPage = lazyPart(async () => (await import('../desk/parts.ts')).DeskPage, {
  waiting: () => <Skeleton label="Loading tickets" />,
})

/** Tickets: a customer's own, or the desk of those who answer them. */
export function TicketsPage() {
  const { role } = useSelf()
  return role === 'customer' ? <CustomerPage /> : <DeskPage />
}

/** A customer's own tickets, and the selected one. */
function CustomerPage() {
  const id = useNameInPath(paths.tickets)
  useTitle('Tickets · dowellchat')
  return (
    <Split title="Tickets" list={<CustomerTickets current={id} />} isOpen={id !== null}>
      {id === null ? (
        <EmptyState icon={Inbox} title="No ticket selected">
          <p>Choose a topic and open a ticket. Someone from support will answer you here.</p>
        </EmptyState>
      ) : (
        <TicketView key={id} id={id} />
      )}
    </Split>
  )
}
