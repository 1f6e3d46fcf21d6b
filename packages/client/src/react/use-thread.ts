import type { MessageOrRow } from '../messages/live-stream.ts'
import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { noConversation, type UseConversation, useConversation } from './use-conversation.ts'

/** The messages of a thread, oldest first. The user’s own messages that are being sent come last. */
export type UseThread = UseConversation

/**
 * Shows the thread of a message while the component is mounted. The first message that is sent there makes it.
 * @example
 * const { messages, send } = useThread(row)
 * // <button onClick={() => void send('I agree')}>Reply</button>
 */
export function useThread(message: MessageOrRow | string | Skip): UseThread {
  const { threads } = useChatClient()
  return useConversation(message === skip ? noConversation : threads.messages(message))
}
