import type { Calls } from '../calls/calls.ts'
import { type CallError, isCallError } from './call-error.ts'
import { useChatClient } from './chat-provider.tsx'
import { type ActionState, useIntention } from './use-action.ts'

export interface UseStartCall extends ActionState<CallError> {
  /**
   * Asks for the microphone (and the camera, unless `video` is false), and rings a user, a socket or a room; `useCall` has
   * the call. `error` shows a failure, so the promise, which rejects with the same error, may be ignored.
   */
  readonly startCall: Calls['start']
}

/**
 * Starts calls, and shows why one could not be started.
 * @example
 * const { startCall, isPending, error } = useStartCall()
 * const onCall = () => void startCall('ben', { video: false })
 */
export function useStartCall(): UseStartCall {
  const { calls } = useChatClient()
  const { run, ...state } = useIntention(
    (_cid, ...args: Parameters<Calls['start']>) => calls.start(...args),
    isCallError,
  )
  return { startCall: run, ...state }
}
