import { isRequestError, type Ticket } from '@dowellchat/client'
import { useTicket } from '@dowellchat/client/react'
import { useState } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { isMissing, NoTicket } from '../tickets/no-ticket.tsx'
import { CustomerPanel } from './customer-panel.tsx'
import { DeskConversation } from './desk-conversation.tsx'
import { DeskHeader, type Panel } from './desk-header.tsx'
import { NotesPanel } from './notes-panel.tsx'

interface DeskTicketProps {
  readonly id: string
  readonly onClosed: (ticket: Ticket) => void
}

/** A ticket as agents see it: its conversation, and its notes or its customer beside it. */
export function DeskTicket({ id, onClosed }: DeskTicketProps) {
  const { ticket, status, error } = useTicket(id)
  const [panel, setPanel] = useState<Panel | null>(null)
  if (!ticket) {
    if (isRequestError(error) && isMissing(error)) return <NoTicket />
    return (
      <ListStatus status={status} error={error} label="Loading the ticket">
        {null}
      </ListStatus>
    )
  }
  const close = (): void => setPanel(null)
  return (
    <>
      <DeskHeader ticket={ticket} panel={panel} onPanel={setPanel} onClosed={onClosed} />
      <div className="desk-body" data-panel={panel ?? 'none'}>
        <DeskConversation ticket={ticket} />
        {panel === 'notes' && <NotesPanel ticket={ticket} onClose={close} />}
        {panel === 'customer' && <CustomerPanel ticket={ticket} onClose={close} />}
      </div>
    </>
  )
}
