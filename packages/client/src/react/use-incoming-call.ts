import { useCallback, useMemo } from 'react'
import type { IncomingCall } from '../calls/call.ts'
import type { StartOptions } from '../calls/calls.ts'
import { type CallError, isCallError } from './call-error.ts'
import { useChatClient } from './chat-provider.tsx'
import { select } from './select.ts'
import { useAction } from './use-action.ts'
import { useObservable } from './use-observable.ts'

export interface UseIncomingCall {
  /** The newest call that rings; null if none does. */
  readonly call: IncomingCall | null
  /** How many others ring. */
  readonly others: number
  /**
   * Ends the current call and answers this one; `useCall` then has it. After a failure the call keeps ringing, and `error`
   * says why, so the promise, which rejects with the same error, may be ignored. Does nothing if none rings.
   */
  readonly accept: (options?: StartOptions) => Promise<void>
  /** Rejects with a `RequestError`, which may be ignored: the call keeps ringing. Does nothing if none rings. */
  readonly decline: () => Promise<void>
  readonly isAccepting: boolean
  readonly error: CallError | null
}

/** The call that rings, and functions to answer or decline it. */
export function useIncomingCall(): UseIncomingCall {
  const { calls } = useChatClient()
  const ringing = useMemo(() => select(calls, (state) => ({ incoming: state.incoming })), [calls])
  const [call = null, ...others] = useObservable(ringing).incoming
  const callId = call?.callId
  const { run, isPending, error } = useAction(calls.accept, isCallError, callId)
  const accept = useCallback(
    (options?: StartOptions) => (callId === undefined ? Promise.resolve() : run(callId, options)),
    [run, callId],
  )
  const decline = useCallback(
    () => (callId === undefined ? Promise.resolve() : calls.decline(callId)),
    [calls, callId],
  )
  return { call, others: others.length, accept, decline, isAccepting: isPending, error }
}
