import { isRequestError, type Ticket } from '@dowellchat/client'
import { useTicket, useTicketMessages } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { EmptyState } from '../../components/empty-state.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { formatTopic } from '../../lib/format.ts'
import { Conversation } from '../conversation/conversation.tsx'
import { useSelf } from '../people/use-self.ts'
import { isMissing, NoTicket } from './no-ticket.tsx'
import { TicketHeader } from './ticket-header.tsx'
import { customerOf } from './ticket-words.ts'
import { useTicketPeople, useTicketRights } from './use-ticket-conversation.ts'

/** A ticket and its conversation. */
export function TicketView({ id }: { readonly id: string }) {
  const { ticket, status, error } = useTicket(id)
  const { role, userId } = useSelf()
  if (!ticket) {
    if (isRequestError(error) && isMissing(error)) return <NoTicket />
    return (
      <ListStatus status={status} error={error} label="Loading the ticket">
        {null}
      </ListStatus>
    )
  }
  const isOwn = ticket.user_id === userId
  return (
    <>
      <TicketHeader ticket={ticket} isOwn={isOwn} />
      <TicketConversation ticket={ticket} isOwn={isOwn} isCustomer={role === 'customer'} />
    </>
  )
}

interface TicketConversationProps {
  readonly ticket: Ticket
  /** Whether you are the customer whose ticket it is. */
  readonly isOwn: boolean
  readonly isCustomer: boolean
}

function TicketConversation({ ticket, isOwn, isCustomer }: TicketConversationProps) {
  const conversation = useTicketMessages(ticket._id)
  const topic = formatTopic(ticket.product)
  const rights = useTicketRights(ticket, isCustomer)
  const people = useTicketPeople(ticket)
  return (
    <Conversation
      stream={`ticket:${ticket._id}`}
      place={{ ticket: ticket._id }}
      name={isOwn ? topic : `${customerOf(ticket)}: ${topic}`}
      conversation={conversation}
      rights={rights}
      people={people}
      ended={ticket.is_closed ? <TicketIsClosed isCustomer={isCustomer} /> : null}
      empty={
        <EmptyState icon={MessagesSquare} title={isCustomer ? 'How can we help?' : 'No messages yet'}>
          <p>
            {isCustomer
              ? 'Describe your question. Support reads it when it is your turn.'
              : 'Ask the customer how you can help.'}
          </p>
        </EmptyState>
      }
    />
  )
}

function TicketIsClosed({ isCustomer }: { readonly isCustomer: boolean }) {
  return (
    <p className="conversation-ended" role="status">
      This ticket is closed. You can still read it.
      {isCustomer && ' To ask something else, open a new one.'}
    </p>
  )
}
