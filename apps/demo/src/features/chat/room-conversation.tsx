import type { UseMessages } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Conversation } from '../conversation/conversation.tsx'

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
  return (
    <Conversation
      stream={`room:${room}`}
      name={title}
      conversation={conversation}
      empty={
        <EmptyState icon={MessagesSquare} title="No messages yet">
          <p>Say hello! {readers}</p>
        </EmptyState>
      }
    />
  )
}
