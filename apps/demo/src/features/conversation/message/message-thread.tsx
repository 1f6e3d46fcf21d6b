import type { Message } from '@dowellchat/client'
import { useThreadInfo } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { formatWhen } from '../../../lib/format.ts'
import { useConversationActions } from '../conversation-context.ts'

interface MessageThreadProps {
  readonly message: Message
  readonly isCurrent: boolean
}

/** How many have answered in a message's thread; a click opens it. */
export function MessageThread({ message, isCurrent }: MessageThreadProps) {
  const { openThread, rights } = useConversationActions()
  const thread = useThreadInfo(message)
  if (!rights().hasThreads) return null
  return (
    <button
      type="button"
      className="thread-link"
      tabIndex={isCurrent ? 0 : -1}
      onClick={() => openThread(message)}
    >
      <MessagesSquare aria-hidden /> {countWords(thread?.count ?? 0)}
      {thread?.last_at && <span className="muted">{formatWhen(thread.last_at)}</span>}
    </button>
  )
}

function countWords(count: number): string {
  if (count === 0) return 'Thread'
  return count === 1 ? '1 reply in a thread' : `${count} replies in a thread`
}
