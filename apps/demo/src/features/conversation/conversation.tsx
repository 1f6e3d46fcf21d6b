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
  /** Its stream, as `room:lobby`. */
  readonly stream: string
  readonly name: string
  readonly conversation: UseConversation
  readonly resend: Resend
  readonly empty: ReactNode
  /** Instead of the composer, where nothing can be written any more. */
  readonly ended?: ReactNode
}

/** A room's or a ticket's messages, and where one writes. */
export function Conversation({ stream, name, conversation, resend, empty, ended }: ConversationProps) {
  const { status, error, messages, sendMessage } = conversation
  const { userId } = useSelf()
  // Somebody else who enters in this tab has drafts of their own.
  const key = `${userId} ${stream}`
  const unsent = useUnsent(key, messages)
  const isReady = status === 'ready'

  useEffect(() => {
    for (const { isOwn, message } of messages) {
      if (message && !isOwn) remember(message.author, message.display_name)
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
