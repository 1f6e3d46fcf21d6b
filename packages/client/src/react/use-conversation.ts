import { useMemo } from 'react'
import type { LiveStream } from '../messages/stream.ts'
import type { StreamData, StreamState } from '../messages/stream-state.ts'
import { type HookState, type Skipped, skipped } from './hook-state.ts'
import { rejectSkipped } from './skip.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

/** The messages of a room or a ticket, and functions to load and send more. */
export interface ConversationData extends StreamData {
  /** Puts older messages in front; answers whether there are more. Rejects with a `RequestError`. */
  readonly loadOlder: LiveStream['loadOlder']
  /** Call it when a reader who has scrolled up is back at the end: lets go of the oldest messages. See `keptMessages`. */
  readonly trim: LiveStream['trim']
  /** Shows the message at once and sends it. Its row shows a failure and offers `retry`: the promise may be ignored. */
  readonly send: LiveStream['send']
}

/** The messages of a room or a ticket, as `useMessages` and `useTicketMessages` show them. */
export type UseConversation = HookState<ConversationData>

interface Conversation extends Holdable<StreamState | Skipped<StreamData>> {
  readonly loadOlder: LiveStream['loadOlder']
  readonly trim: LiveStream['trim']
  readonly send: LiveStream['send']
}

/** What the hooks of a conversation show while they are given `skip`. */
export const noConversation: Conversation = {
  ...unchanging({ ...skipped, messages: [], hasOlder: false, reset: null }),
  loadOlder: () => Promise.resolve(false),
  trim: () => {},
  send: rejectSkipped,
}

export function useConversation(conversation: Conversation): UseConversation {
  useRetained(conversation)
  const state = useObservable(conversation)
  return useMemo(
    () => ({ ...state, loadOlder: conversation.loadOlder, trim: conversation.trim, send: conversation.send }),
    [state, conversation],
  )
}
