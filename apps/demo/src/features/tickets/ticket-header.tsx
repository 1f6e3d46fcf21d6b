import type { Ticket } from '@dowellchat/client'
import { useCloseTicket } from '@dowellchat/client/react'
import { Check } from 'lucide-react'
import { BackLink } from '../../components/back-link.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { CallLink } from '../calls/call-link.tsx'
import { useNameOf } from '../people/use-name-of.ts'
import { TicketState } from './ticket-state.tsx'
import { useTopicTitle } from './use-topic-title.ts'

/** What a ticket of the customer's is about, its state, and a button to close it. */
export function TicketHeader({ ticket }: { readonly ticket: Ticket }) {
  const { closeTicket, isPending, error } = useCloseTicket()
  const titleOf = useTopicTitle()
  const manager = useNameOf(ticket.line_manager ?? '')
  return (
    <>
      <header className="detail-header">
        <BackLink href={paths.tickets} label="All tickets" />
        <div className="detail-title">
          <h2>
            <bdi>{titleOf(ticket.product)}</bdi>
          </h2>
          <p>
            <TicketState ticket={ticket} />
          </p>
        </div>
        {!ticket.is_closed && ticket.line_manager !== null && (
          <CallLink to={ticket.line_manager} name={manager} ticket={ticket._id} />
        )}
        {!ticket.is_closed && (
          <button
            type="button"
            className="button"
            aria-label="Close ticket"
            disabled={isPending}
            onClick={() => void closeTicket(ticket._id)}
          >
            <Check aria-hidden /> <span className="wide-only">Close ticket</span>
          </button>
        )}
      </header>
      <Problem what={error} />
    </>
  )
}
