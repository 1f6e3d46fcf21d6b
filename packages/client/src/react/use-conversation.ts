import { useMemo } from 'react'
import type { Drafting, LiveStream, MessageActions, Reading } from '../messages/live-stream.ts'
import type { StreamData, StreamState } from '../messages/stream-state.ts'
import { type HookState, type Skipped, skipped } from './hook-state.ts'
import { rejectSkipped } from './skip.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

interface Functions extends MessageActions, Reading, Drafting, Pick<LiveStream, 'send'> {}

/** The messages of a room, a ticket or a thread, and functions to load, send and change them. */
export interface ConversationData extends StreamData, Functions {}

/** The messages of a room, a ticket or a thread, as `useMessages`, `useTicketMessages` and `useThread` show them. */
export type UseConversation = HookState<ConversationData>

interface Conversation extends Holdable<StreamState | Skipped<StreamData>>, Functions {}

/** What the hooks of a conversation show while they are given `skip`. */
export const noConversation: Conversation = {
  ...unchanging({
    ...skipped,
    ...{ messages: [], hasOlder: false, hasNewer: false, firstUnread: null, unread: 0, reset: null },
  }),
  send: rejectSkipped,
  edit: rejectSkipped,
  remove: rejectSkipped,
  react: rejectSkipped,
  unreact: rejectSkipped,
  pin: rejectSkipped,
  unpin: rejectSkipped,
  loadOlder: () => Promise.resolve(false),
  loadNewer: () => Promise.resolve(false),
  jumpTo: rejectSkipped,
  trim: () => {},
  markRead: () => {},
  markUnread: rejectSkipped,
  stopDraft: rejectSkipped,
}

export function useConversation(conversation: Conversation): UseConversation {
  useRetained(conversation)
  const state = useObservable(conversation)
  return useMemo(() => {
    const { subscribe, getSnapshot, getServerSnapshot, retain, ...functions } = conversation
    return { ...state, ...functions }
  }, [state, conversation])
}
