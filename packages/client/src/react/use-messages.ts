import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { noConversation, type UseConversation, useConversation } from './use-conversation.ts'

/** A room's messages, oldest first. The user's own messages that are being sent come last. */
export interface UseMessages extends UseConversation {}

/** Joins a room while the component is mounted, and follows its messages. */
export function useMessages(room: string | Skip): UseMessages {
  const { rooms } = useChatClient()
  return useConversation(room === skip ? noConversation : rooms.messages(room))
}
