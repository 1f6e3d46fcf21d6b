import { useTickets } from '@dowellchat/client/react'
import { ListStatus } from '../../components/list-status.tsx'
import { MoreTickets } from './more-tickets.tsx'
import { OpenTicket } from './open-ticket.tsx'
import { TicketItem } from './ticket-item.tsx'
import { useTopicTitle } from './use-topic-title.ts'

/** The customer's own tickets, and a form to open another. */
export function CustomerTickets({ current }: { readonly current: string | null }) {
  return (
    <>
      <div className="list-header">
        <h1>Your tickets</h1>
        <OpenTicket />
      </div>
      <OwnTickets title="Open" isClosed={false} current={current} />
      <OwnTickets title="Closed" isClosed={true} current={current} />
    </>
  )
}

interface OwnTicketsProps {
  readonly title: string
  readonly isClosed: boolean
  readonly current: string | null
}

function OwnTickets({ title, isClosed, current }: OwnTicketsProps) {
  const { tickets, status, error, hasMore, loadMore } = useTickets({ is_closed: isClosed })
  const titleOf = useTopicTitle()
  // One placeholder is enough for both lists.
  if (tickets.length === 0 && (status === 'ready' || isClosed)) return null
  return (
    <section aria-label={title}>
      <h2 className="list-title">{title}</h2>
      <ListStatus status={status} error={error} label="Loading your tickets">
        <ul className="list">
          {tickets.map((ticket) => (
            <TicketItem
              key={ticket._id}
              ticket={ticket}
              title={titleOf(ticket.product)}
              isCurrent={ticket._id === current}
            />
          ))}
        </ul>
        <MoreTickets hasMore={hasMore} loadMore={loadMore} />
      </ListStatus>
    </section>
  )
}
