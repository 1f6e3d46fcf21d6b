import { useMemo } from 'react'
import type { Call } from '../calls/call.ts'
import type { Calls } from '../calls/calls.ts'
import { useChatClient } from './chat-provider.tsx'
import { select } from './select.ts'
import { useObservable } from './use-observable.ts'

export interface UseCall {
  /** The current call; also one that has ended, until `dismiss` or the next call. Null if there is none. */
  readonly call: Call | null
  /** Cancels or hangs up. It ends here at once; the promise rejects if the server could not be reached, and may be ignored. */
  readonly hangUp: Calls['hangUp']
  /** Puts the call on hold, or takes it off; `call.hold` tells whether it is. */
  readonly hold: Calls['hold']
  /** Removes a call that has ended. */
  readonly dismiss: Calls['dismiss']
}

/** The current call, incoming or outgoing. */
export function useCall(): UseCall {
  const { calls } = useChatClient()
  const current = useMemo(() => select(calls, (state) => ({ call: state.current })), [calls])
  const { call } = useObservable(current)
  return useMemo(() => {
    const { hangUp, hold, dismiss } = calls
    return { call, hangUp, hold, dismiss }
  }, [call, calls])
}
