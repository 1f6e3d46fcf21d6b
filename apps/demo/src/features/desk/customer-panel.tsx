import type { Ticket } from '@dowellchat/client'
import { skip, usePresence, useSession, useTickets } from '@dowellchat/client/react'
import { Star } from 'lucide-react'
import { Link } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { formatDay, formatTime, formatTopic, formatWhen } from '../../lib/format.ts'
import { paths } from '../../lib/paths.ts'
import { SidePanel } from '../chat/side-panel.tsx'
import { presenceWords } from '../people/presence-words.ts'
import { customerOf } from '../tickets/ticket-words.ts'
import { useTopicTitle } from '../tickets/use-topic-title.ts'
import { factWords } from './fact-words.ts'
import { TicketFields } from './ticket-fields.tsx'

interface CustomerPanelProps {
  readonly ticket: Ticket
  readonly onClose: () => void
}

/** Who asks, what the ticket is about, and what they have asked before. */
export function CustomerPanel({ ticket, onClose }: CustomerPanelProps) {
  const { can } = useSession()
  const { presences } = usePresence(can('get_presence') ? [ticket.user_id] : skip)
  const name = customerOf(ticket)
  const { created_at, rating, metadata } = ticket
  return (
    <SidePanel title="Customer" onClose={onClose}>
      <div className="desk-panel-body">
        <div className="desk-customer-head">
          <Avatar name={name} id={ticket.user_id} size="l" />
          <div>
            <p>
              <bdi className="desk-customer-name">{name}</bdi>
            </p>
            <p className="hint">{presenceWords(presences.get(ticket.user_id) ?? null)}</p>
          </div>
        </div>
        <TicketFields key={ticket._id} ticket={ticket} />
        <dl className="desk-facts">
          <dt>Opened</dt>
          <dd>
            {formatDay(created_at)}, {formatTime(created_at)}
          </dd>
          {rating && (
            <>
              <dt>Rating</dt>
              <dd>
                <Star aria-hidden /> {rating.score} of 5
                {rating.comment !== null && <q dir="auto">{rating.comment}</q>}
              </dd>
            </>
          )}
          {Object.entries(metadata ?? {}).map(([key, value]) => (
            <div key={key}>
              <dt dir="auto">{formatTopic(key)}</dt>
              <dd dir="auto">{factWords(value)}</dd>
            </div>
          ))}
        </dl>
        <OtherTickets ticket={ticket} />
      </div>
    </SidePanel>
  )
}

/** What else this customer has asked. */
function OtherTickets({ ticket }: { readonly ticket: Ticket }) {
  const { tickets, status } = useTickets({ text: ticket.user_id })
  const titleOf = useTopicTitle()
  // The text is also found in others' subjects.
  const others = tickets.filter(({ _id, user_id }) => _id !== ticket._id && user_id === ticket.user_id)
  if (status !== 'ready') return null
  return (
    <section aria-labelledby="desk-others">
      <h3 id="desk-others">Other tickets</h3>
      {others.length === 0 && <p className="hint">None that can be found.</p>}
      <ul className="desk-others">
        {others.map((one) => (
          <li key={one._id}>
            <Link href={paths.ticket(one._id)}>
              <bdi>{one.subject ?? titleOf(one.product)}</bdi>
            </Link>{' '}
            <span className="muted">
              {formatWhen(one.created_at)}, {one.is_closed ? 'closed' : 'open'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
