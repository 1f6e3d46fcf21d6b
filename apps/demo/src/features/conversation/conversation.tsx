import type { UseMessages } from '@dowellchat/client/react'
import { type ReactNode, useEffect } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { remember } from '../people/seen-people.ts'
import { useSelf } from '../people/use-self.ts'
import { Composer } from './composer.tsx'
import { MessageLog } from './message-log.tsx'
import './conversation.css'

interface ConversationProps {
  /** Its stream, such as `room:lobby`. */
  readonly stream: string
  readonly name: string
  readonly conversation: UseMessages
  readonly empty: ReactNode
  /** Replaces the message box when nothing more can be written. */
  readonly ended?: ReactNode
}

/** Whoever wrote before these has been seen before. */
const newest = 50

/** The messages of a room or a ticket, and the message box. */
export function Conversation({ stream, name, conversation, empty, ended }: ConversationProps) {
  const { status, error, messages, send } = conversation
  const { userId } = useSelf()
  // Includes the user, so that the next person in this tab gets no drafts of yours.
  const key = `${userId} ${stream}`
  const isReady = status === 'ready'
  // What is not sent yet is there before the rest has loaded.
  const hasRows = status === 'loading' && messages.length > 0

  useEffect(() => {
    for (const { isOwn, message } of messages.slice(-newest)) {
      if (message.author && !isOwn) remember(message.author, message.display_name)
    }
  }, [messages])

  return (
    <div className="conversation">
      <ListStatus status={hasRows ? 'ready' : status} error={error} label={`Loading ${name}`}>
        <MessageLog name={name} conversation={conversation} empty={empty} />
      </ListStatus>
      {ended ??
        (status !== 'error' && (
          <Composer conversationKey={key} isReady={isReady} onSend={(text) => void send(text)} />
        ))}
    </div>
  )
}
