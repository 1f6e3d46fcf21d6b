import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react'
import { type ChatClient, type ChatClientOptions, createChatClient } from '../client.ts'
import { ProviderMissingError } from './provider-missing-error.ts'

const ChatContext = createContext<ChatClient | null>(null)

/** An existing client, or the options to create one. Inline objects are fine: options are compared by value. */
export type ChatProviderProps = { readonly children?: ReactNode } & (
  | { readonly client: ChatClient }
  | ChatClientOptions
)

/** Provides the hooks below it with a client, and keeps the client connected while mounted. */
export function ChatProvider({ children, ...options }: ChatProviderProps): ReactNode {
  const given = 'client' in options ? options.client : null
  const identity = given ? null : JSON.stringify(options)
  const created = useMemo(
    () => (identity === null ? null : createChatClient(JSON.parse(identity) as ChatClientOptions)),
    [identity],
  )
  const client = given ?? created
  useEffect(() => client?.connect(), [client])
  return <ChatContext.Provider value={client}>{children}</ChatContext.Provider>
}

/**
 * The client of the nearest provider, for what no hook does: requests, pushes, its rooms and tickets.
 * @throws ProviderMissingError outside a provider, as all hooks do
 */
export function useChatClient(): ChatClient {
  const client = useContext(ChatContext)
  if (!client) throw new ProviderMissingError()
  return client
}
