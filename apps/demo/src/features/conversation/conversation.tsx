import type { UseConversation } from '@dowellchat/client/react'
import { type ReactNode, useEffect } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { remember } from '../people/seen-people.ts'
import { useSelf } from '../people/use-self.ts'
import { Composer } from './composer.tsx'
import { MessageLog } from './message-log.tsx'
import { useUnsent } from './unsent.ts'
import { type Resend, UnsentList } from './unsent-list.tsx'
import './conversation.css'

interface ConversationProps {
  /** Its stream, such as `room:lobby`. */
  readonly stream: string
  readonly name: string
  readonly conversation: UseConversation
  readonly resend: Resend
  readonly empty: ReactNode
  /** Replaces the message box when nothing more can be written. */
  readonly ended?: ReactNode
}

/** The messages of a room or a ticket, and the message box. */
export function Conversation({ stream, name, conversation, resend, empty, ended }: ConversationProps) {
  const { status, error, messages, sendMessage } = conversation
  const { userId } = useSelf()
  // Includes the user, so that the next person in this tab gets no drafts of yours.
  const key = `${userId} ${stream}`
  const unsent = useUnsent(key, messages)
  const isReady = status === 'ready'

  useEffect(() => {
    for (const { isOwn, message } of messages) {
      if (message.author && !isOwn) remember(message.author, message.display_name)
    }
  }, [messages])

  return (
    <div className="conversation">
      <ListStatus status={status} error={error} label={`Loading ${name}`}>
        <MessageLog name={name} conversation={conversation} empty={empty} />
      </ListStatus>
      {isReady && <UnsentList conversationKey={key} unsent={unsent} resend={resend} />}
      {ended ??
        (status !== 'error' && (
          <Composer conversationKey={key} isReady={isReady} onSend={(text) => void sendMessage(text)} />
        ))}
    </div>
  )
}
