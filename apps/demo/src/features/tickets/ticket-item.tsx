import type { Ticket } from '@dowellchat/client'
import { Link } from 'wouter'
import { formatWhen } from '../../lib/format.ts'
import { paths } from '../../lib/paths.ts'
import { TicketState } from './ticket-state.tsx'

interface TicketItemProps {
  readonly ticket: Ticket
  readonly title: string
  readonly isCurrent: boolean
}

/** One ticket in a list. */
export function TicketItem({ ticket, title, isCurrent }: TicketItemProps) {
  return (
    <li>
      <Link
        href={paths.ticket(ticket._id)}
        className="list-item ticket-item"
        aria-current={isCurrent ? 'page' : undefined}
      >
        <span className="ticket-item-title">
          <bdi className="one-line">{title}</bdi>
          <time className="muted" dateTime={ticket.created_at}>
            {formatWhen(ticket.created_at)}
          </time>
        </span>
        <span className="muted one-line">
          <TicketState ticket={ticket} />
        </span>
      </Link>
    </li>
  )
}
