// Interim: what the SDK is about to have.
import * as react from '@dowellchat/client/react'
import type { Message as Stored } from '@dowellchat/protocol'
import { useMemo } from 'react'

export type Message = Stored
export interface ReactionRow {
  readonly reaction: string
  readonly count: number
  readonly user_ids: readonly string[]
  readonly isOwn: boolean
}
type Extra = { readonly reactions: readonly ReactionRow[]; readonly isBlocked: boolean; readonly mentionsMe: boolean }
export type SentRow = Omit<react.SentRow, 'message'> & Extra & { readonly message: Message }
export type UnsentRow = react.UnsentRow & Extra
export type MessageRow = SentRow | UnsentRow
export interface Mention {
  readonly user_id: string
  readonly start: number
  readonly end: number
}
interface Talk {
  readonly messages: readonly MessageRow[]
  readonly hasNewer: boolean
  readonly firstUnread: number | null
  readonly unread: number
  readonly send: (text: string, options?: { replyTo?: Message; mentions?: readonly Mention[] }) => Promise<unknown>
  readonly edit: (message: Message, text: string, options?: { mentions?: readonly Mention[] }) => Promise<unknown>
  readonly remove: (message: Message) => Promise<unknown>
  readonly react: (message: Message, reaction: string) => Promise<unknown>
  readonly unreact: (message: Message, reaction: string) => Promise<unknown>
  readonly pin: (message: Message) => Promise<unknown>
  readonly unpin: (message: Message) => Promise<unknown>
  readonly loadNewer: () => Promise<boolean>
  readonly jumpTo: (to: number | 'unread' | 'end') => Promise<unknown>
  readonly markRead: (nth?: number) => void
  readonly markUnread: (message: Message) => Promise<unknown>
  readonly trim: () => void
}
export type UseMessages = Pick<react.UseMessages, 'status' | 'error' | 'hasOlder' | 'loadOlder'> & Talk

const nothing = async (): Promise<boolean> => false
const rows = new WeakMap<object, MessageRow>()
function wrap(talk: react.UseMessages): UseMessages {
  const messages = talk.messages.map((row) => {
    const known = rows.get(row) ?? ({ ...row, reactions: [], isBlocked: false, mentionsMe: false } as unknown as MessageRow)
    rows.set(row, known)
    return known
  })
  return {
    ...talk, messages, hasNewer: false, firstUnread: null, unread: 0, send: (text) => talk.send(text), edit: nothing, remove: nothing, react: nothing,
    unreact: nothing, pin: nothing, unpin: nothing, loadNewer: nothing, jumpTo: nothing, markRead: () => undefined, markUnread: nothing, trim: () => undefined,
  } as UseMessages
}
export function useMessages(room: string): UseMessages {
  const talk = react.useMessages(room)
  return useMemo(() => wrap(talk), [talk])
}
export function useTicketMessages(id: string): UseMessages {
  const talk = react.useTicketMessages(id)
  return useMemo(() => wrap(talk), [talk])
}
export const findMentions = (_text: string, _people: readonly { user_id: string; name: string }[]): Mention[] => []
export const useTyping = (_place: unknown) => ({ typing: [] as { user_id: string; display_name: string | null }[], keystroke() {}, stop() {} })
const readers = { readersOf: (_nth: number) => ({ user_ids: [] as string[], count: 0 }) }
export const useReceipts = (_place: unknown) => readers
export const useThreadInfo = (_message: Message): { count: number; last_at: string | null } | null => null
