import { Inbox } from 'lucide-react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Split } from '../../components/split.tsx'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { useSelf } from '../people/use-self.ts'
import { CustomerTickets } from './customer-tickets.tsx'
import { DeskTickets } from './desk-tickets.tsx'
import { TicketView } from './ticket-view.tsx'
import './tickets.css'

/** The list of tickets (a customer's own, or everybody's for the support desk), and the selected ticket. */
export function TicketsPage() {
  const { role } = useSelf()
  const id = useNameInPath(paths.tickets)
  useTitle('Tickets · dowellchat')
  const isCustomer = role === 'customer'
  return (
    <Split
      title="Tickets"
      list={isCustomer ? <CustomerTickets current={id} /> : <DeskTickets current={id} />}
      isOpen={id !== null}
    >
      {id === null ? (
        <EmptyState icon={Inbox} title="No ticket selected">
          <p>
            {isCustomer
              ? 'Choose a topic and open a ticket. Someone from support will answer you here.'
              : 'Choose one from the list. New tickets appear automatically.'}
          </p>
        </EmptyState>
      ) : (
        <TicketView key={id} id={id} />
      )}
    </Split>
  )
}
