import type { Calls } from '../calls/calls.ts'
import { type CallError, isCallError } from './call-error.ts'
import { useChatClient } from './chat-provider.tsx'
import { useAction } from './use-action.ts'

export interface UseStartCall {
  /**
   * Asks for the microphone (and the camera, unless `video` is false), and rings a user, a socket or a room; `useCall` has
   * the call. `error` shows a failure, so the promise, which rejects with the same error, may be ignored.
   */
  readonly startCall: Calls['start']
  readonly isStarting: boolean
  /** Why the last call could not be started; null once another begins. */
  readonly error: CallError | null
}

/** Starts calls, and shows why one could not be started. */
export function useStartCall(): UseStartCall {
  const { calls } = useChatClient()
  const { run, isPending, error } = useAction(calls.start, isCallError)
  return { startCall: run, isStarting: isPending, error }
}
