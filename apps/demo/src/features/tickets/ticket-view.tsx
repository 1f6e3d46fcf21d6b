import { isRequestError } from '@dowellchat/client'
import { useTicket } from '@dowellchat/client/react'
import { ListStatus } from '../../components/list-status.tsx'
import { isMissing, NoTicket } from './no-ticket.tsx'
import { TicketConversation } from './ticket-conversation.tsx'
import { TicketHeader } from './ticket-header.tsx'

/** A customer's ticket and its conversation. */
export function TicketView({ id }: { readonly id: string }) {
  const { ticket, status, error } = useTicket(id)
  if (!ticket) {
    if (isRequestError(error) && isMissing(error)) return <NoTicket />
    return (
      <ListStatus status={status} error={error} label="Loading the ticket">
        {null}
      </ListStatus>
    )
  }
  return (
    <>
      <TicketHeader ticket={ticket} />
      <TicketConversation ticket={ticket} />
    </>
  )
}
