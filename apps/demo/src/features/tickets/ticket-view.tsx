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

/** A ticket: what it is about, and what has been said. */
export function TicketView({ id }: { readonly id: string }) {
  const { ticket, status, error, closeTicket } = useTicket(id)
  const { role, userId } = useSelf()
  if (!ticket) {
    return (
      <ListStatus status={status} error={error} label="Loading the ticket">
        <EmptyState icon={SearchX} title="There is no such ticket">
          <p>It may be somebody else's, or the address is not complete.</p>
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
        <EmptyState icon={MessagesSquare} title={isCustomer ? 'How can we help?' : 'Nothing is written yet'}>
          <p>
            {isCustomer
              ? 'Write what it is about: it is read as soon as it is your turn.'
              : 'Ask the customer what it is about.'}
          </p>
        </EmptyState>
      }
    />
  )
}

function TicketIsClosed({ isCustomer }: { readonly isCustomer: boolean }) {
  return (
    <p className="conversation-ended" role="status">
      This ticket is closed: it can only be read.
      {isCustomer && ' If there is more to ask, open another one.'}
    </p>
  )
}
