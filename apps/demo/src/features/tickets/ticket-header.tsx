import type { Ticket } from '@dowellchat/client'
import { useCloseTicket } from '@dowellchat/client/react'
import { Check, Phone } from 'lucide-react'
import { Link } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { BackLink } from '../../components/back-link.tsx'
import { Problem } from '../../components/problem.tsx'
import { formatTopic } from '../../lib/format.ts'
import { paths } from '../../lib/paths.ts'
import { TicketState } from './ticket-state.tsx'
import { customerOf } from './ticket-words.ts'

interface TicketHeaderProps {
  readonly ticket: Ticket
  /** Whether you are the customer. */
  readonly isOwn: boolean
}

/** Whose ticket it is, its state, and buttons to call the customer and close the ticket. */
export function TicketHeader({ ticket, isOwn }: TicketHeaderProps) {
  const { closeTicket, isPending, error } = useCloseTicket()
  const customer = customerOf(ticket)
  const topic = formatTopic(ticket.product)
  return (
    <>
      <header className="detail-header">
        <BackLink href={paths.tickets} label="All tickets" />
        {!isOwn && <Avatar name={customer} id={ticket.user_id} />}
        <div className="detail-title">
          <h2>
            <bdi>{isOwn ? topic : customer}</bdi>
          </h2>
          <p>
            {!isOwn && `${topic} · `}
            <TicketState ticket={ticket} />
          </p>
        </div>
        {!isOwn && (
          <Link href={paths.callTo(ticket.user_id)} className="button" aria-label={`Call ${customer}`}>
            <Phone aria-hidden /> <span className="wide-only">Call</span>
          </Link>
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
