import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react'
import { type ChatClient, type ChatClientOptions, createChatClient } from '../client.ts'
import { identityOf } from '../connection/auth.ts'
import { ProviderMissingError } from './provider-missing-error.ts'

/** The client of the nearest provider; null outside of providers. */
export const ChatContext = createContext<ChatClient | null>(null)

/**
 * An existing client, or the options to create one. Inline objects and functions are fine. Another `url`, `path` or user is another
 * client; `auth` and `calls` change in place. Other options count when a client is made: another `key` makes another. With
 * `getToken`, say by `auth.user_id` whose tokens they are.
 */
export type ChatProviderProps = { readonly children?: ReactNode } & (
  | { readonly client: ChatClient }
  | ChatClientOptions
)

/** Provides the hooks below it with a client, and keeps the client connected while mounted. */
export function ChatProvider({ children, ...options }: ChatProviderProps): ReactNode {
  const given = 'client' in options ? options.client : null
  const identity =
    'client' in options ? null : JSON.stringify([options.url, options.path, identityOf(options.auth)])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other options of the same identity change in place, below.
  const created = useMemo(() => ('client' in options ? null : createChatClient(options)), [identity])
  const client = given ?? created
  useEffect(() => {
    if (!('client' in options)) created?.update({ auth: options.auth, calls: options.calls ?? {} })
  })
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
