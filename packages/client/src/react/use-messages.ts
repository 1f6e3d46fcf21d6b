import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { noConversation, type UseConversation, useConversation } from './use-conversation.ts'

/** A room’s messages, oldest first. The user’s own messages that are being sent come last. */
export type UseMessages = UseConversation

/**
 * Joins a room while the component is mounted, and follows its messages.
 * @example
 * const { status, messages, error, send } = useMessages('lobby')
 * if (status === 'error') return <p role="alert">{error.message}</p>
 * return (
 *   <ul>
 *     {messages.map(({ key, message, isOwn }) => (
 *       <li key={key}>{isOwn ? 'You' : (message.display_name ?? message.author)}: {message.message_data}</li>
 *     ))}
 *   </ul>
 * )
 */
export function useMessages(room: string | Skip): UseMessages {
  const { rooms } = useChatClient()
  return useConversation(room === skip ? noConversation : rooms.messages(room))
}
