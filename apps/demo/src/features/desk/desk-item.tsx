import type { Ticket } from '@dowellchat/client'
import { Link } from 'wouter'
import { formatWhen } from '../../lib/format.ts'
import { paths } from '../../lib/paths.ts'
import { customerOf } from '../tickets/ticket-words.ts'
import { useTopicTitle } from '../tickets/use-topic-title.ts'
import { LastMessage } from './last-message.tsx'
import { priorityWords } from './priority-words.ts'
import { StateWords } from './state-words.tsx'
import { dueOf } from './target-words.ts'

interface DeskItemProps {
  readonly ticket: Ticket
  readonly isCurrent: boolean
  /** The server's time. */
  readonly now: number
}

/** One ticket in a list of the desk: whose it is, what was said last, and what is due. */
export function DeskItem({ ticket, isCurrent, now }: DeskItemProps) {
  const due = dueOf(ticket, now)
  const titleOf = useTopicTitle()
  const unread = ticket.unread ?? 0
  const priority = priorityWords(ticket.priority)
  return (
    <li>
      <Link
        href={paths.ticket(ticket._id)}
        className="list-item desk-item"
        data-urgency={due?.urgency}
        data-unread={unread > 0}
        aria-current={isCurrent ? 'page' : undefined}
      >
        <span className="desk-item-line">
          <bdi className="one-line desk-item-name">{customerOf(ticket)}</bdi>
          <time className="muted" dateTime={ticket.last?.created_at ?? ticket.created_at}>
            {formatWhen(ticket.last?.created_at ?? ticket.created_at)}
          </time>
        </span>
        <span className="desk-item-line">
          <LastMessage ticket={ticket} />
          {unread > 0 && (
            <span className="desk-unread">
              {unread} <span className="visually-hidden">unread</span>
            </span>
          )}
        </span>
        <span className="desk-item-line muted">
          <span className="one-line">
            <StateWords ticket={ticket} now={now} /> · {titleOf(ticket.product)}
          </span>
        </span>
        {(due || priority || ticket.tags.length > 0) && (
          <span className="desk-badges">
            {due && (
              <span className="badge desk-due" data-urgency={due.urgency}>
                {due.words}
              </span>
            )}
            {priority && <span className="badge">{priority}</span>}
            {ticket.tags.map((tag) => (
              <span key={tag} className="badge" dir="auto">
                {tag}
              </span>
            ))}
          </span>
        )}
      </Link>
    </li>
  )
}
