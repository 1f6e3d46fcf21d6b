import { useChatClient, useTicket, useTicketMessages } from '@dowellchat/client/react'
import { MessagesSquare, SearchX } from 'lucide-react'
import { useCallback } from 'react'
import { Link } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { formatTopic } from '../../lib/format.ts'
import { paths } from '../../lib/paths.ts'
import { Conversation } from '../conversation/conversation.tsx'
import type { Unsent } from '../conversation/unsent.ts'
import { useSelf } from '../people/use-self.ts'
import { TicketHeader } from './ticket-header.tsx'
import { customerOf } from './ticket-words.ts'

/** A ticket and its conversation. */
export function TicketView({ id }: { readonly id: string }) {
  const { ticket, status, error, closeTicket } = useTicket(id)
  const { role, userId } = useSelf()
  if (!ticket) {
    return (
      <ListStatus status={status} error={error} label="Loading the ticket">
        <EmptyState icon={SearchX} title="Ticket not found">
          <p>It may belong to somebody else, or the address may be incomplete.</p>
          <Link href={paths.tickets} className="button">
            All tickets
          </Link>
        </EmptyState>
      </ListStatus>
    )
  }
  const topic = formatTopic(ticket.product)
  const isOwn = ticket.user_id === userId
  const name = isOwn ? topic : `${customerOf(ticket)}: ${topic}`
  return (
    <>
      <TicketHeader ticket={ticket} isOwn={isOwn} closeTicket={closeTicket} />
      <TicketConversation id={id} name={name} isClosed={ticket.is_closed} isCustomer={role === 'customer'} />
    </>
  )
}

interface TicketConversationProps {
  readonly id: string
  readonly name: string
  readonly isClosed: boolean
  readonly isCustomer: boolean
}

function TicketConversation({ id, name, isClosed, isCustomer }: TicketConversationProps) {
  const { request } = useChatClient()
  const conversation = useTicketMessages(id)
  const resend = useCallback(
    ({ cid, text }: Unsent) => request.ticket_message_event({ ticket_id: id, message_data: text, cid }),
    [request, id],
  )
  return (
    <Conversation
      stream={`ticket:${id}`}
      name={name}
      conversation={conversation}
      resend={resend}
      ended={isClosed ? <TicketIsClosed isCustomer={isCustomer} /> : null}
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
