import { useCallback, useMemo } from 'react'
import type { IncomingCall } from '../call.ts'
import type { StartOptions } from '../calls.ts'
import { type CallError, isCallError } from './call-error.ts'
import { useChatClient } from './chat-provider.tsx'
import { select } from './select.ts'
import { useAction } from './use-action.ts'
import { useObservable } from './use-observable.ts'

export interface UseIncomingCall {
  /** The newest call that rings here; null where none does. */
  readonly call: IncomingCall | null
  /** How many ring besides. */
  readonly others: number
  /**
   * Answers it, which ends the call that one is in; `useCall` has it then. `error` shows a failure, so the promise, which
   * rejects with it, may be ignored; the call rings on. Does nothing where none rings.
   */
  readonly accept: (options?: StartOptions) => Promise<void>
  /** Rejects with a `RequestError`, and may be ignored: the call rings on. Does nothing where none rings. */
  readonly decline: () => Promise<void>
  readonly isAccepting: boolean
  readonly error: CallError | null
}

/** The phone that rings. */
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
