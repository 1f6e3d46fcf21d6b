import type { Message, SentRow } from '@dowellchat/client'
import type { UseMessages } from '@dowellchat/client/react'
import { useEffect, useMemo, useRef } from 'react'
import { announce } from '../../lib/announce.ts'
import { paths } from '../../lib/paths.ts'
import type { Intention } from './composer/intention.ts'
import { type ConversationActions, isThread, type Place, type Rights } from './conversation-context.ts'
import type { DialogRequest } from './conversation-dialogs.tsx'
import { reactionOf } from './emoji/reaction.ts'
import type { JumpTarget } from './log/use-jump.ts'

interface ActionsOptions {
  readonly place: Place
  readonly conversation: UseMessages
  readonly rights: Rights
  readonly setIntention: (intention: Intention) => void
  readonly setDialog: (request: DialogRequest) => void
  readonly setTarget: (target: JumpTarget) => void
  /** Does something, and says above the message box why it failed. */
  readonly attempt: (act: () => Promise<unknown>) => Promise<unknown>
  readonly onThread?: ((message: Message) => void) | undefined
}

/** What rows ask of a conversation: one object for as long as the conversation is on the page. */
export function useActions(options: ActionsOptions): ConversationActions {
  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })
  return useMemo(() => actionsOf(() => latest.current), [])
}

function actionsOf(now: () => ActionsOptions): ConversationActions {
  return {
    place: now().place,
    rights: () => now().rights,
    reply: (row) => now().setIntention({ kind: 'reply', row }),
    edit: (row) => now().setIntention({ kind: 'edit', row }),
    react: (row, emoji) => react(now().conversation, row, reactionOf(emoji)),
    askToRemove: (row) => now().setDialog({ kind: 'remove', row }),
    togglePin: ({ message }) => {
      const { pin, unpin } = now().conversation
      void (message.pinned_at === undefined ? pin(message) : unpin(message))
    },
    markUnread({ message }) {
      const { attempt, conversation } = now()
      void attempt(async () => {
        await conversation.markUnread(message)
        announce('Marked as unread')
      })
    },
    askToReport: (row) => now().setDialog({ kind: 'report', row }),
    showReaders: (row) => now().setDialog({ kind: 'readers', row }),
    stopDraft: (row) => now().conversation.stopDraft(row),
    showPicture: (row, file) => now().setDialog({ kind: 'picture', row, file }),
    copy: ({ message }) => void now().attempt(() => copy(message.message_data)),
    copyLink: ({ message }) => void now().attempt(() => copy(linkTo(now().place, message.nth))),
    openThread: (message) => now().onThread?.(message),
    jumpTo: (nth) => void now().attempt(() => jump(now(), nth)),
    attempt: (act) => void now().attempt(act),
  }
}

function react(
  { react: add, unreact }: UseMessages,
  { message, reactions }: SentRow,
  reaction: string,
): void {
  const isGiven = reactions.some((one) => one.reaction === reaction && one.isOwn)
  void (isGiven ? unreact(message, reaction) : add(message, reaction))
}

async function jump(
  { conversation: { messages, jumpTo }, setTarget }: ActionsOptions,
  nth: number,
): Promise<void> {
  if (messages.some(({ message }) => message.nth === nth)) return setTarget({ nth, takesFocus: true })
  const row = await jumpTo(nth)
  if (row) setTarget({ nth: row.message.nth, takesFocus: true })
}

/** The address of a message; that of the page within a thread. */
function linkTo(place: Place, nth: number): string {
  const { origin, pathname } = location
  if (isThread(place)) return location.href
  const path = typeof place === 'string' ? paths.room(place, nth) : paths.ticket(place.ticket, nth)
  return `${origin}${pathname}#${path}`
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // A message is on the page.
    const instead = text.startsWith(location.origin) ? `: ${text}` : '. Select the text instead.'
    throw new Error(`This browser does not let the page copy${instead}`)
  }
  announce('Copied')
}
