import { useTickets, useTopics } from '@dowellchat/client/react'
import { useState } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { formatTopic } from '../../lib/format.ts'
import { MoreTickets } from './more-tickets.tsx'
import { TicketFilter } from './ticket-filter.tsx'
import { TicketItem } from './ticket-item.tsx'
import { customerOf } from './ticket-words.ts'

/** All customers' tickets, for agents and admins. */
export function DeskTickets({ current }: { readonly current: string | null }) {
  const [topic, setTopic] = useState('')
  const [isClosed, setIsClosed] = useState(false)
  const { topics } = useTopics()
  const filter = { is_closed: isClosed, ...(topic !== '' && { product: topic }) }
  const { tickets, status, error, hasMore, loadMore } = useTickets(filter)

  return (
    <>
      <div className="list-header">
        <h1>Tickets</h1>
        <TicketFilter
          topics={topics}
          topic={topic}
          onTopic={setTopic}
          isClosed={isClosed}
          onClosed={setIsClosed}
        />
      </div>
      <ListStatus status={status} error={error} label="Loading tickets">
        {tickets.length === 0 && (
          <p className="hint list-hint">{isClosed ? 'No closed tickets.' : 'No open tickets.'}</p>
        )}
        <ul className="list" aria-label={isClosed ? 'Closed tickets' : 'Open tickets'}>
          {tickets.map((ticket) => (
            <TicketItem
              key={ticket._id}
              ticket={ticket}
              title={customerOf(ticket)}
              about={formatTopic(ticket.product)}
              isCurrent={ticket._id === current}
            />
          ))}
        </ul>
        <MoreTickets hasMore={hasMore} loadMore={loadMore} />
      </ListStatus>
    </>
  )
}
