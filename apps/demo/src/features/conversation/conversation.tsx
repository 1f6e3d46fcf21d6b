import { findMentions } from '@dowellchat/client'
import { type UseMessages, useAction, useConnection } from '@dowellchat/client/react'
import { type ReactNode, useEffect, useState } from 'react'
import { lazyPart } from '../../components/lazy-part.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { remember } from '../people/seen-people.ts'
import { useSelf } from '../people/use-self.ts'
import { Composer } from './composer/composer.tsx'
import type { Mentionable } from './composer/mentionable.ts'
import { useIntention } from './composer/use-intention.ts'
import { ConversationProvider, isThread, type Place, type Rights } from './conversation-context.ts'
import type { DialogRequest } from './conversation-dialogs.tsx'
import { useFileDrop } from './files/use-file-drop.ts'
import { useFiles } from './files/use-files.ts'
import { lastOwn } from './last-own.ts'
import { MessageLog } from './log/message-log.tsx'
import type { JumpTarget } from './log/use-jump.ts'
import { TypingLine } from './typing-line.tsx'
import { useActions } from './use-actions.ts'
import { useArrivals } from './use-arrivals.ts'
import { useLinkedMessage } from './use-linked-message.ts'
import { useOwnTyping } from './use-own-typing.ts'
import './conversation.css'

const ConversationDialogs = lazyPart(
  async () => (await import('./conversation-dialogs.tsx')).ConversationDialogs,
  { failing: 'over' },
)

export interface ConversationProps {
  /** Its stream, such as `room:lobby`. */
  readonly stream: string
  readonly place: Place
  readonly name: string
  readonly conversation: UseMessages
  readonly rights: Rights
  readonly people: readonly Mentionable[]
  readonly empty: ReactNode
  /** Replaces the message box when nothing more can be written. */
  readonly ended?: ReactNode
  /** Shown above the messages, such as the pinned ones. */
  readonly top?: (jumpTo: (nth: number) => void) => ReactNode
  /** Shown above the message box, where one can write. */
  readonly tools?: ReactNode
  readonly composerLabel?: string
  readonly onThread?: Parameters<typeof useActions>[0]['onThread']
}

/** Whoever wrote before these has been seen before. */
const newest = 50

const run = (act: () => Promise<unknown>): Promise<unknown> => act()
const nothing = async (): Promise<void> => undefined

/** The messages of a room, a ticket or a thread, and the message box. */
export function Conversation(props: ConversationProps) {
  const { stream, place, name, conversation, rights, people, empty, ended, top, tools, composerLabel } = props
  const { status, error, messages } = conversation
  const { userId } = useSelf()
  const [intention, setIntention] = useIntention()
  const [dialog, setDialog] = useState<DialogRequest | null>(null)
  const [target, setTarget] = useState<JumpTarget | null>(null)
  const typing = useOwnTyping(place)
  // Includes the user, so that the next person in this tab gets no drafts of yours.
  const conversationKey = `${userId} ${stream}`
  const files = useFiles(conversationKey)
  const canDrop = files.canAttach && ended == null && intention?.kind !== 'edit'
  const drop = useFileDrop(canDrop ? files.add : null)
  const { run: attempt, error: problem } = useAction(run)
  const actions = useActions({
    place,
    conversation,
    rights,
    setIntention,
    setDialog,
    setTarget,
    attempt,
    onThread: props.onThread,
  })
  const isOnline = useConnection().status === 'online'
  useEffect(() => {
    // Without a connection, whatever was tried has failed for that.
    if (isOnline) void attempt(nothing)
  }, [isOnline, attempt])
  useArrivals(messages, status === 'ready' && !conversation.hasNewer)
  useLinkedMessage(actions.jumpTo, status === 'ready' && !isThread(place))
  // What is not sent yet is there before the rest has loaded.
  const hasRows = status === 'loading' && messages.length > 0

  useEffect(() => {
    for (const { isOwn, message } of messages.slice(-newest)) {
      if (message.author && !isOwn) remember(message.author, message.display_name)
    }
  }, [messages])

  function send(text: string): void {
    typing.stop()
    const mentions = findMentions(text, people)
    if (intention?.kind === 'edit') void conversation.edit(intention.row, text, { mentions })
    else {
      const { attachments } = files
      void conversation.send(text, { mentions, attachments, ...(intention && { replyTo: intention.row }) })
      files.clear()
    }
    setIntention(null)
  }

  function editLast(): void {
    const row = lastOwn(messages)
    if (row) setIntention({ kind: 'edit', row })
  }

  return (
    <ConversationProvider value={actions}>
      <div className="conversation" {...drop.props}>
        {drop.isOver && <p className="drop-hint">Drop files to send them</p>}
        {top?.(actions.jumpTo)}
        <ListStatus status={hasRows ? 'ready' : status} error={error} label={`Loading ${name}`}>
          <MessageLog
            name={name}
            conversation={conversation}
            empty={empty}
            target={target}
            onJump={actions.jumpTo}
          />
        </ListStatus>
        <Problem what={problem} />
        <TypingLine place={place} />
        {ended == null && status === 'ready' && tools}
        {ended ??
          (status !== 'error' && (
            <Composer
              conversationKey={conversationKey}
              isReady={status === 'ready'}
              people={people}
              intention={intention}
              files={files}
              onSend={send}
              onCancel={() => setIntention(null)}
              onEditLast={editLast}
              onKeystroke={typing.keystroke}
              {...(composerLabel !== undefined && { label: composerLabel })}
            />
          ))}
        {dialog && (
          <ConversationDialogs request={dialog} conversation={conversation} onClose={() => setDialog(null)} />
        )}
      </div>
    </ConversationProvider>
  )
}
