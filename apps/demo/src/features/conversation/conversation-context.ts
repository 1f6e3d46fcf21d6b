import type { Attachment, DraftRow, Message, MessageRow, SentRow } from '@dowellchat/client'
import { type Skip, skip } from '@dowellchat/client/react'
import { createContext, useContext } from 'react'

/** Where a conversation is: a room, a ticket, or the thread of a message. */
export type Place = string | { readonly ticket: string } | { readonly thread: string }

type Thread = Extract<Place, { readonly thread: string }>

export function isThread(place: Place): place is Thread {
  return typeof place === 'object' && 'thread' in place
}

/** Where others' reading is known: not in threads. */
export function readPlaceOf(place: Place): Exclude<Place, Thread> | Skip {
  return isThread(place) ? skip : place
}

/** What a message's menu can do, beside what is always there. */
export interface Rights {
  readonly canWrite: boolean
  readonly canPin: boolean
  /** Whether others' messages can be removed too. */
  readonly canRemoveAny: boolean
  readonly canReport: boolean
  readonly hasThreads: boolean
}

/** What rows ask of their conversation. It stays the same object, so that rows do not render for it. */
export interface ConversationActions {
  readonly place: Place
  readonly rights: () => Rights
  readonly reply: (row: SentRow) => void
  readonly edit: (row: SentRow) => void
  /** Reacts, or takes the reaction back. */
  readonly react: (row: SentRow, emoji: string) => void
  readonly askToRemove: (row: SentRow) => void
  readonly togglePin: (row: SentRow) => void
  readonly markUnread: (row: SentRow) => void
  readonly askToReport: (row: SentRow) => void
  readonly showReaders: (row: SentRow) => void
  /** Asks whoever writes a message bit by bit to stop. */
  readonly stopDraft: (row: DraftRow) => Promise<void>
  /** Shows a picture as large as the page allows. */
  readonly showPicture: (row: MessageRow, file: Attachment) => void
  readonly copy: (row: MessageRow) => void
  /** Copies an address that leads to the message. */
  readonly copyLink: (row: SentRow) => void
  readonly openThread: (message: Message) => void
  /** Shows the message with this `nth`. */
  readonly jumpTo: (nth: number) => void
  /** Does something, and says above the message box why it failed. */
  readonly attempt: (act: () => Promise<unknown>) => void
}

const Conversations = createContext<ConversationActions | null>(null)

export const ConversationProvider = Conversations.Provider

export function useConversationActions(): ConversationActions {
  const actions = useContext(Conversations)
  if (!actions) throw new Error('useConversationActions: there is no conversation around')
  return actions
}

/** Whether a row's message is at the server, and not removed. */
export function isStored(row: MessageRow): row is SentRow {
  return row.delivery === 'sent' && row.message.kind !== 'removed'
}
