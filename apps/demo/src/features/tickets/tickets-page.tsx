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

/** A customer's own tickets, or everybody's at the support desk, and the one that is open. */
export function TicketsPage() {
  const { role } = useSelf()
  const id = useNameInPath(paths.tickets)
  useTitle('Tickets · dowellchat')
  const isCustomer = role === 'customer'
  return (
    <Split
      list={isCustomer ? <CustomerTickets current={id} /> : <DeskTickets current={id} />}
      isOpen={id !== null}
    >
      {id === null ? (
        <EmptyState icon={Inbox} title="No ticket is open here">
          <p>
            {isCustomer
              ? 'Open one about a topic, and somebody of the support talks with you.'
              : 'Choose one from the list. New ones appear by themselves.'}
          </p>
        </EmptyState>
      ) : (
        <TicketView key={id} id={id} />
      )}
    </Split>
  )
}
