import type { Ticket } from '@dowellchat/client'
import { Inbox } from 'lucide-react'
import { useCallback, useState } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Split } from '../../components/split.tsx'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { DeskList } from './desk-list.tsx'
import { DeskTicket } from './desk-ticket.tsx'
import { JustClosed } from './just-closed.tsx'
import '../tickets/tickets.css'
import './desk.css'

/** Where agents answer tickets: lists of them, and the one that is open. */
export function DeskPage() {
  const id = useNameInPath(paths.tickets)
  const [closed, setClosed] = useState<Ticket | null>(null)
  const forget = useCallback(() => setClosed(null), [])
  useTitle('Tickets · dowellchat')
  return (
    <div className="desk">
      <Split title="Tickets" list={<DeskList current={id} />} isOpen={id !== null}>
        {id === null ? (
          <EmptyState icon={Inbox} title="No ticket selected">
            <p>Choose one from the list, or take the next one. New tickets appear automatically.</p>
          </EmptyState>
        ) : (
          <DeskTicket key={id} id={id} onClosed={setClosed} />
        )}
      </Split>
      {closed && <JustClosed key={`${closed._id} ${closed.closed_at}`} ticket={closed} onDone={forget} />}
    </div>
  )
}
