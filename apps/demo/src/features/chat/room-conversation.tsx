import { type UseMessages, useChatClient } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { useCallback } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Conversation } from '../conversation/conversation.tsx'
import type { Unsent } from '../conversation/unsent.ts'

interface RoomConversationProps {
  readonly room: string
  /** The room's name for people. */
  readonly title: string
  readonly conversation: UseMessages
  /** Who can read the room, said while nobody has written in it. */
  readonly readers: string
}

/** The messages of a room. */
export function RoomConversation({ room, title, conversation, readers }: RoomConversationProps) {
  const { request } = useChatClient()
  const resend = useCallback(
    ({ cid, text }: Unsent) => request.message_event({ room_id: room, message_data: text, cid }),
    [request, room],
  )
  return (
    <Conversation
      stream={`room:${room}`}
      name={title}
      conversation={conversation}
      resend={resend}
      empty={
        <EmptyState icon={MessagesSquare} title="No messages yet">
          <p>Say hello! {readers}</p>
        </EmptyState>
      }
    />
  )
}
