import type { Ticket } from '@dowellchat/client'
import { useTicketMessages } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Conversation } from '../conversation/conversation.tsx'
import { customerOf } from '../tickets/ticket-words.ts'
import { useTicketPeople, useTicketRights } from '../tickets/use-ticket-conversation.ts'
import { useTopicTitle } from '../tickets/use-topic-title.ts'
import { CannedAnswers } from './canned-answers.tsx'

/** What is written in a ticket, as agents see it. */
export function DeskConversation({ ticket }: { readonly ticket: Ticket }) {
  const conversation = useTicketMessages(ticket._id)
  const rights = useTicketRights(ticket, false)
  const people = useTicketPeople(ticket)
  const titleOf = useTopicTitle()
  const stream = `ticket:${ticket._id}`
  return (
    <Conversation
      stream={stream}
      place={{ ticket: ticket._id }}
      name={`${customerOf(ticket)}: ${titleOf(ticket.product)}`}
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
