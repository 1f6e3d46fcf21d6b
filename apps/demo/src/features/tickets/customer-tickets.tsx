import type { Ticket } from '@dowellchat/client'
import { useTickets } from '@dowellchat/client/react'
import { ListStatus } from '../../components/list-status.tsx'
import { formatTopic } from '../../lib/format.ts'
import { OpenTicket } from './open-ticket.tsx'
import { TicketItem } from './ticket-item.tsx'

/** The customer's own tickets, and a form to open another. */
export function CustomerTickets({ current }: { readonly current: string | null }) {
  const { tickets, status, error, createTicket } = useTickets()
  return (
    <>
      <div className="list-header">
        <h1>Your tickets</h1>
        <OpenTicket createTicket={createTicket} />
      </div>
      <ListStatus status={status} error={error} label="Loading your tickets">
        <OwnTickets title="Open" tickets={tickets.filter((one) => !one.is_closed)} current={current} />
        <OwnTickets title="Closed" tickets={tickets.filter((one) => one.is_closed)} current={current} />
      </ListStatus>
    </>
  )
}

interface OwnTicketsProps {
  readonly title: string
  readonly tickets: readonly Ticket[]
  readonly current: string | null
}

function OwnTickets({ title, tickets, current }: OwnTicketsProps) {
  if (tickets.length === 0) return null
  return (
    <section aria-label={title}>
      <h2 className="list-title">{title}</h2>
      <ul className="list">
        {tickets.map((ticket) => (
          <TicketItem
            key={ticket._id}
            ticket={ticket}
            title={formatTopic(ticket.product)}
            isCurrent={ticket._id === current}
          />
        ))}
      </ul>
    </section>
  )
}
