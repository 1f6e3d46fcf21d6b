import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { noConversation, type UseConversation, useConversation } from './use-conversation.ts'

/** The notes about a ticket, oldest first, as messages. */
export type UseNotes = UseConversation

/**
 * Private notes about a ticket, for agents and admins: its customer never sees them.
 * @example
 * const { messages, send } = useNotes(ticket._id)
 * // <button onClick={() => void send('Called the bank.')}>Note it</button>
 */
export function useNotes(ticketId: string | Skip): UseNotes {
  const { tickets } = useChatClient()
  return useConversation(ticketId === skip ? noConversation : tickets.notes(ticketId))
}
