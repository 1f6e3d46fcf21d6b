import type { Ticket } from '@dowellchat/client'
import { useTicketMessages } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Conversation } from '../conversation/conversation.tsx'
import { useTicketPeople, useTicketRights } from './use-ticket-conversation.ts'
import { useTopicTitle } from './use-topic-title.ts'

/** What is written in a ticket, as its customer sees it. */
export function TicketConversation({ ticket }: { readonly ticket: Ticket }) {
  const conversation = useTicketMessages(ticket._id)
  const rights = useTicketRights(ticket, true)
  const people = useTicketPeople(ticket)
  return (
    <Conversation
      stream={`ticket:${ticket._id}`}
      place={{ ticket: ticket._id }}
      name={useTopicTitle()(ticket.product)}
      conversation={conversation}
      rights={rights}
      people={people}
      ended={ticket.is_closed ? <TicketIsClosed /> : null}
      empty={
        <EmptyState icon={MessagesSquare} title="How can we help?">
          <p>Describe your question. Support reads it when it is your turn.</p>
        </EmptyState>
      }
    />
  )
}

function TicketIsClosed() {
  return (
    <p className="conversation-ended" role="status">
      This ticket is closed. You can still read it. To ask something else, open a new one.
    </p>
  )
}
