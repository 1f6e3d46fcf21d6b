import { isRequestError, type Ticket } from '@dowellchat/client'
import { useSession, useTicket, useTicketMessages } from '@dowellchat/client/react'
import { MessagesSquare, SearchX } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { formatTopic } from '../../lib/format.ts'
import { paths } from '../../lib/paths.ts'
import type { Mentionable } from '../conversation/composer/mentionable.ts'
import { Conversation } from '../conversation/conversation.tsx'
import type { Rights } from '../conversation/conversation-context.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { TicketHeader } from './ticket-header.tsx'
import { customerOf } from './ticket-words.ts'

/** What the server says of a ticket that is not there, or whose address is none. */
const missing: readonly string[] = ['not_found', 'forbidden', 'invalid_payload']

/** A ticket and its conversation. */
export function TicketView({ id }: { readonly id: string }) {
  const { ticket, status, error } = useTicket(id)
  const { role, userId } = useSelf()
  if (!ticket) {
    if (isRequestError(error) && missing.includes(error.code)) return <NoTicket />
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

function NoTicket() {
  return (
    <EmptyState icon={SearchX} title="Ticket not found">
      <p>It may belong to somebody else, or the address may be incomplete.</p>
      <Link href={paths.tickets} className="button">
        All tickets
      </Link>
    </EmptyState>
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

/** A ticket's conversation is short: it has no threads. */
function useTicketRights({ is_closed }: Ticket, isCustomer: boolean): Rights {
  const { can } = useSession()
  const canReport = can('report')
  return useMemo(
    () => ({
      canWrite: !is_closed,
      canPin: false,
      canRemoveAny: !isCustomer,
      canReport,
      hasThreads: false,
    }),
    [is_closed, isCustomer, canReport],
  )
}

/** The two who talk in a ticket can be mentioned by each other. */
function useTicketPeople(ticket: Ticket): readonly Mentionable[] {
  const { userId } = useSelf()
  const { user_id, line_manager } = ticket
  const manager = useNameOf(line_manager ?? '')
  const customer = customerOf(ticket)
  return useMemo(() => {
    const both = [
      { user_id, name: customer },
      { user_id: line_manager ?? '', name: manager },
    ]
    return both.filter((one) => one.user_id !== '' && one.user_id !== userId)
  }, [user_id, customer, line_manager, manager, userId])
}

function TicketIsClosed({ isCustomer }: { readonly isCustomer: boolean }) {
  return (
    <p className="conversation-ended" role="status">
      This ticket is closed. You can still read it.
      {isCustomer && ' To ask something else, open a new one.'}
    </p>
  )
}
