import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { noConversation, type UseConversation, useConversation } from './use-conversation.ts'

/** A ticket’s messages, oldest first. The user’s own messages that are being sent come last. */
export type UseTicketMessages = UseConversation

/**
 * Joins a ticket’s conversation while the component is mounted, and follows its messages.
 * @example
 * const { messages, send } = useTicketMessages(ticket._id)
 * // <button onClick={() => void send('Thank you!')}>Thank</button>
 */
export function useTicketMessages(ticketId: string | Skip): UseTicketMessages {
  const { tickets } = useChatClient()
  return useConversation(ticketId === skip ? noConversation : tickets.messages(ticketId))
}
