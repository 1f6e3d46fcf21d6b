import type { ConnectionState } from '../connection.ts'
import { useChatClient } from './chat-provider.tsx'
import { useObservable } from './use-observable.ts'

/** The connection's `status`, who the server says one is (`session`), and what went wrong last (`error`). */
export interface UseConnection extends ConnectionState {}

/** Whether the client is connected, and why not. */
export function useConnection(): UseConnection {
  return useObservable(useChatClient().connection)
}
