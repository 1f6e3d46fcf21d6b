import { useTickets, useTopics } from '@dowellchat/client/react'
import { useState } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { formatTopic } from '../../lib/format.ts'
import { TicketFilter } from './ticket-filter.tsx'
import { TicketItem } from './ticket-item.tsx'
import { customerOf } from './ticket-words.ts'

/** All customers' tickets, for agents and admins. */
export function DeskTickets({ current }: { readonly current: string | null }) {
  const [topic, setTopic] = useState('')
  const [isClosed, setIsClosed] = useState(false)
  const { topics } = useTopics()
  const { tickets, status, error } = useTickets(topic === '' ? undefined : topic)
  const shown = tickets.filter((ticket) => ticket.is_closed === isClosed)
  const closed = isClosed ? shown.length : tickets.length - shown.length

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
          counts={{ open: tickets.length - closed, closed }}
        />
      </div>
      <ListStatus status={status} error={error} label="Loading tickets">
        {shown.length === 0 && (
          <p className="hint list-hint">{isClosed ? 'No closed tickets.' : 'No open tickets.'}</p>
        )}
        <ul className="list" aria-label={isClosed ? 'Closed tickets' : 'Open tickets'}>
          {shown.map((ticket) => (
            <TicketItem
              key={ticket._id}
              ticket={ticket}
              title={customerOf(ticket)}
              about={formatTopic(ticket.product)}
              isCurrent={ticket._id === current}
            />
          ))}
        </ul>
      </ListStatus>
    </>
  )
}
