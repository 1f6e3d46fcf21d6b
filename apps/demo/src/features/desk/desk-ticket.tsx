import { isRequestError, type Ticket } from '@dowellchat/client'
import { useTicket, useTicketMessages } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { useState } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { formatTopic } from '../../lib/format.ts'
import { Conversation } from '../conversation/conversation.tsx'
import { isMissing, NoTicket } from '../tickets/no-ticket.tsx'
import { customerOf } from '../tickets/ticket-words.ts'
import { useTicketPeople, useTicketRights } from '../tickets/use-ticket-conversation.ts'
import { CannedAnswers } from './canned-answers.tsx'
import { CustomerPanel } from './customer-panel.tsx'
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

function DeskConversation({ ticket }: { readonly ticket: Ticket }) {
  const conversation = useTicketMessages(ticket._id)
  const rights = useTicketRights(ticket, false)
  const people = useTicketPeople(ticket)
  const stream = `ticket:${ticket._id}`
  return (
    <Conversation
      stream={stream}
      place={{ ticket: ticket._id }}
      name={`${customerOf(ticket)}: ${formatTopic(ticket.product)}`}
      conversation={conversation}
      rights={rights}
      people={people}
      tools={<CannedAnswers ticket={ticket} stream={stream} />}
      ended={
        ticket.is_closed ? (
          <p className="conversation-ended" role="status">
            This ticket is closed. You can still read it, or open it again.
          </p>
        ) : null
      }
      empty={
        <EmptyState icon={MessagesSquare} title="No messages yet">
          <p>Ask the customer how you can help.</p>
        </EmptyState>
      }
    />
  )
}
