import type { Message, MessageRow } from '@dowellchat/client'
import { useThread } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { useMemo } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import type { Mentionable } from '../conversation/composer/mentionable.ts'
import { Conversation } from '../conversation/conversation.tsx'
import type { Rights } from '../conversation/conversation-context.ts'
import { LazyMessageFiles } from '../conversation/files/lazy-parts.tsx'
import { contentWords } from '../conversation/message/content-words.ts'
import { MessageText } from '../conversation/message/message-text.tsx'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { SidePanel } from './side-panel.tsx'

interface ThreadPanelProps {
  readonly message: Message
  /** The messages around it, which say what has become of it. */
  readonly rows: readonly MessageRow[]
  readonly rights: Rights
  readonly people: readonly Mentionable[]
  readonly onClose: () => void
}

/** The conversation about one message, which it shows above. */
export function ThreadPanel({ message, rows, rights, people, onClose }: ThreadPanelProps) {
  const conversation = useThread(message)
  const { userId } = useSelf()
  const known = useNameOf(message.author ?? '', message.display_name)
  const name = message.author === userId ? 'You' : known
  const own = useMemo(() => ({ ...rights, canPin: false, hasThreads: false }), [rights])
  return (
    <SidePanel title="Thread" onClose={onClose}>
      <Conversation
        stream={`thread:${message._id}`}
        place={{ thread: message._id }}
        name="Thread"
        conversation={conversation}
        rights={own}
        people={people}
        composerLabel="Message in the thread"
        top={() => (
          <section className="thread-parent" aria-label="What the thread is about">
            <p className="quote-name">
              <bdi>{name}</bdi>
            </p>
            <Parent row={rows.find((row) => row.message._id === message._id)} opened={message} />
          </section>
        )}
        empty={
          <EmptyState icon={MessagesSquare} title="No answers yet">
            <p>What you write here stays beside the conversation.</p>
          </EmptyState>
        }
      />
    </SidePanel>
  )
}

interface ParentProps {
  /** Undefined where it is not loaded any more. */
  readonly row: MessageRow | undefined
  /** As it was when the thread was opened. */
  readonly opened: Message
}

function Parent({ row, opened }: ParentProps) {
  const { kind, message_data, mentions, attachments } = row?.message ?? opened
  if (kind === 'removed') return <p className="muted">Message removed</p>
  if (!row) return <MessageText text={message_data || contentWords(opened)} mentions={mentions} />
  return (
    <>
      {message_data !== '' && <MessageText text={message_data} mentions={mentions} />}
      {attachments && <LazyMessageFiles row={row} files={attachments} isCurrent />}
    </>
  )
}
