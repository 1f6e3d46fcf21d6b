import type { ConnectionState } from '../connection/connection-state.ts'
import { useChatClient } from './chat-provider.tsx'
import { useObservable } from './use-observable.ts'

/** The connection's `status`, the identity that the server has confirmed (`session`), and the last failure (`error`). */
export type UseConnection = ConnectionState

/** Whether the client is connected, and why not. */
export function useConnection(): UseConnection {
  return useObservable(useChatClient().connection)
}
