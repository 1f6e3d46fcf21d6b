import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react'
import { type ChatClient, type ChatClientOptions, createChatClient } from '../client.ts'
import { ProviderMissingError } from './provider-missing-error.ts'

const ChatContext = createContext<ChatClient | null>(null)

/** A client of one's own, or what to make one of. Inline objects are fine: another identity is told by its values. */
export type ChatProviderProps = { readonly children?: ReactNode } & (
  | { readonly client: ChatClient }
  | ChatClientOptions
)

/** Gives the hooks below it their client, and keeps it connected while it is mounted. */
export function ChatProvider({ children, ...options }: ChatProviderProps): ReactNode {
  const given = 'client' in options ? options.client : null
  const identity = given ? null : JSON.stringify(options)
  const made = useMemo(
    () => (identity === null ? null : createChatClient(JSON.parse(identity) as ChatClientOptions)),
    [identity],
  )
  const client = given ?? made
  useEffect(() => client?.connect(), [client])
  return <ChatContext.Provider value={client}>{children}</ChatContext.Provider>
}

/**
 * The client of the nearest provider, for what no hook does: requests, pushes, its rooms and tickets.
 * @throws ProviderMissingError outside a provider, as every hook does
 */
export function useChatClient(): ChatClient {
  const client = useContext(ChatContext)
  if (!client) throw new ProviderMissingError()
  return client
}
