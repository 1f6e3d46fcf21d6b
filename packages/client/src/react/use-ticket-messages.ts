import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { noConversation, type UseConversation, useConversation } from './use-conversation.ts'

/** A ticket's messages, oldest first. The user's own messages that are being sent come last. */
export interface UseTicketMessages extends UseConversation {}

/** Joins a ticket's conversation while the component is mounted, and follows its messages. */
export function useTicketMessages(ticketId: string | Skip): UseTicketMessages {
  const { tickets } = useChatClient()
  return useConversation(ticketId === skip ? noConversation : tickets.messages(ticketId))
}
