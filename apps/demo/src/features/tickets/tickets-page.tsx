import { Inbox } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Split } from '../../components/split.tsx'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { useSelf } from '../people/use-self.ts'
import { CustomerTickets } from './customer-tickets.tsx'
import { TicketView } from './ticket-view.tsx'
import './tickets.css'

const DeskPage = lazy(async () => ({ default: (await import('../desk/parts.ts')).DeskPage }))

/** Tickets: a customer's own, or the desk of those who answer them. */
export function TicketsPage() {
  const { role } = useSelf()
  if (role === 'customer') return <CustomerPage />
  return (
    <Suspense fallback={<Skeleton label="Loading tickets" />}>
      <DeskPage />
    </Suspense>
  )
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
