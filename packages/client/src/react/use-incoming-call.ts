import { useCallback, useMemo } from 'react'
import type { IncomingCall } from '../calls/call.ts'
import type { StartOptions } from '../calls/calls.ts'
import { type CallError, isCallError } from './call-error.ts'
import { useChatClient } from './chat-provider.tsx'
import { select } from './select.ts'
import { type ActionState, useIntention } from './use-action.ts'
import { useObservable } from './use-observable.ts'

export interface UseIncomingCall extends ActionState<CallError> {
  /** The newest call that rings; null if none does. */
  readonly call: IncomingCall | null
  /** How many others ring. */
  readonly others: number
  /**
   * Ends the current call and answers this one; `useCall` then has it. After a failure the call keeps ringing, and `error`
   * says why, so the promise, which rejects with the same error, may be ignored. Does nothing if none rings.
   */
  readonly accept: (options?: StartOptions) => Promise<void>
  /**
   * Stops the ringing for both. After a failure the call keeps ringing, unless the server refuses for good, and `error` says
   * why. Does nothing if none rings.
   */
  readonly decline: () => Promise<void>
}

/**
 * The call that rings, and functions to answer or decline it.
 * @example
 * const { call, accept, decline, isPending, error } = useIncomingCall()
 * if (!call) return null
 * // <p>{call.name} is calling</p>
 * // <button disabled={isPending} onClick={() => void accept()}>Accept</button>
 * // <button onClick={() => void decline()}>Decline</button>
 */
export function useIncomingCall(): UseIncomingCall {
  const { calls } = useChatClient()
  const ringing = useMemo(() => select(calls, (state) => ({ incoming: state.incoming })), [calls])
  const [call = null, ...others] = useObservable(ringing).incoming
  const callId = call?.callId
  const { run, ...state } = useIntention(
    (_cid, verb: 'accept' | 'decline', id: string, options?: StartOptions) => calls[verb](id, options),
    isCallError,
    callId,
  )
  const accept = useCallback(
    (options?: StartOptions) => (callId === undefined ? Promise.resolve() : run('accept', callId, options)),
    [run, callId],
  )
  const decline = useCallback(
    () => (callId === undefined ? Promise.resolve() : run('decline', callId)),
    [run, callId],
  )
  return { call, others: others.length, accept, decline, ...state }
}
