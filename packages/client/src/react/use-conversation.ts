import { useMemo } from 'react'
import type { LiveStream } from '../messages/stream.ts'
import type { StreamState } from '../messages/stream-state.ts'
import { rejectSkipped } from './skip.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

/** The messages of a room or a ticket, and functions to load and send more. */
export interface UseConversation extends Omit<StreamState, 'status'> {
  /** Whether there is data; stays `ready` while offline. */
  readonly status: StreamState['status'] | 'skipped'
  /** Puts older messages in front; answers whether there are more. Rejects with a `RequestError`. */
  readonly loadOlder: LiveStream['loadOlder']
  /** Shows the message at once and sends it. Its row shows a failure and offers `retry`: the promise may be ignored. */
  readonly sendMessage: LiveStream['send']
}

type Conversation = Holdable<Omit<UseConversation, 'loadOlder' | 'sendMessage'>> &
  Pick<LiveStream, 'loadOlder' | 'send'>

/** What the hooks of a conversation show while they are given `skip`. */
export const noConversation: Conversation = {
  ...unchanging({
    status: 'skipped',
    sync: 'offline',
    messages: [],
    hasOlder: false,
    reset: null,
    error: null,
  }),
  loadOlder: () => Promise.resolve(false),
  send: rejectSkipped,
}

export function useConversation(conversation: Conversation): UseConversation {
  useRetained(conversation)
  const state = useObservable(conversation)
  return useMemo(
    () => ({ ...state, loadOlder: conversation.loadOlder, sendMessage: conversation.send }),
    [state, conversation],
  )
}
