import { useMemo } from 'react'
import type { Call } from '../call.ts'
import type { Calls } from '../calls.ts'
import { useChatClient } from './chat-provider.tsx'
import { select } from './select.ts'
import { useObservable } from './use-observable.ts'

export interface UseCall {
  /** The call that one is in, or was until `dismiss` or the next one; null where there is none. */
  readonly call: Call | null
  /** Cancels or hangs up. It has ended here at once; the promise rejects where the server was not told, and may be ignored. */
  readonly hangUp: Calls['hangUp']
  /** Forgets a call that has ended. */
  readonly dismiss: Calls['dismiss']
}

/** The call that one is in, whoever began it. */
export function useCall(): UseCall {
  const { calls } = useChatClient()
  const current = useMemo(() => select(calls, (state) => ({ call: state.current })), [calls])
  const { call } = useObservable(current)
  return useMemo(() => ({ call, hangUp: calls.hangUp, dismiss: calls.dismiss }), [call, calls])
}
