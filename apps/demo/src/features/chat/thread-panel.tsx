import type { Message } from '@dowellchat/client'
import { useThread } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { useMemo } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import type { Mentionable } from '../conversation/composer/mentionable.ts'
import { Conversation } from '../conversation/conversation.tsx'
import type { Rights } from '../conversation/conversation-context.ts'
import { MessageText } from '../conversation/message/message-text.tsx'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { SidePanel } from './side-panel.tsx'

interface ThreadPanelProps {
  readonly message: Message
  readonly rights: Rights
  readonly people: readonly Mentionable[]
  readonly onClose: () => void
}

/** The conversation about one message, which it shows above. */
export function ThreadPanel({ message, rights, people, onClose }: ThreadPanelProps) {
  const conversation = useThread(message)
  const { userId } = useSelf()
  const known = useNameOf(message.author ?? '', message.display_name)
  const name = message.author === userId ? 'You' : known
  const own = useMemo(() => ({ ...rights, canPin: false, hasThreads: false }), [rights])
  return (
    <SidePanel title="Thread" onClose={onClose}>
      <section className="thread-parent" aria-label="What the thread is about">
        <p className="quote-name">
          <bdi>{name}</bdi>
        </p>
        <MessageText text={message.message_data} mentions={message.mentions} />
      </section>
      <Conversation
        stream={`thread:${message._id}`}
        place={{ thread: message._id }}
        name="Thread"
        conversation={conversation}
        rights={own}
        people={people}
        composerLabel="Message in the thread"
        empty={
          <EmptyState icon={MessagesSquare} title="No answers yet">
            <p>What you write here stays beside the conversation.</p>
          </EmptyState>
        }
      />
    </SidePanel>
  )
}
