import { useMemo } from 'react'
import type { LiveStream } from '../messages/live-stream.ts'
import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { noConversation } from './use-conversation.ts'

export interface UseSendMessage {
  /**
   * Shows the message at once and sends it. Its row shows a failure and offers `retry`, so the promise may be ignored, but for a
   * text that can never be sent, or when too many wait: these have no row.
   */
  readonly send: LiveStream['send']
}

/**
 * Sends to a room from a component that does not show its messages; they do not render it again.
 * @example
 * const { send } = useSendMessage('lobby')
 * // <button onClick={() => void send('👋')}>Wave</button>
 */
export function useSendMessage(room: string | Skip): UseSendMessage {
  const { rooms } = useChatClient()
  const { send } = room === skip ? noConversation : rooms.messages(room)
  return useMemo(() => ({ send }), [send])
}
