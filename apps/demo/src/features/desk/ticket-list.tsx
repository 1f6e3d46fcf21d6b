import type { UseTickets } from '@dowellchat/client/react'
import type { KeyboardEvent, ReactNode } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { MoreTickets } from '../tickets/more-tickets.tsx'
import { DeskItem } from './desk-item.tsx'
import { useServerNow } from './use-server-now.ts'

interface TicketListProps {
  /** What the list has, for screen readers. */
  readonly label: string
  readonly list: UseTickets
  readonly current: string | null
  /** Said while there are none. */
  readonly none: ReactNode
}

/** A list of tickets. The arrow keys go through it. */
export function TicketList({ label, list, current, none }: TicketListProps) {
  const { tickets, status, error, hasMore, loadMore } = list
  const now = useServerNow()
  return (
    <ListStatus status={status} error={error} label="Loading tickets">
      {tickets.length === 0 && <p className="hint list-hint">{none}</p>}
      <ul className="list" aria-label={label} onKeyDown={moveFocus}>
        {tickets.map((ticket) => (
          <DeskItem key={ticket._id} ticket={ticket} isCurrent={ticket._id === current} now={now} />
        ))}
      </ul>
      <MoreTickets hasMore={hasMore} loadMore={loadMore} />
    </ListStatus>
  )
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const links = [...event.currentTarget.querySelectorAll('a')]
  const at = links.indexOf(event.target as HTMLAnchorElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key]
  const next = to === undefined || at < 0 || event.altKey ? undefined : links[to]
  if (!next) return
  event.preventDefault()
  next.focus()
}
