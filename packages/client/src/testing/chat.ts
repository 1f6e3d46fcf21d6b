import { startServer } from '@dowellchat/server/testing'
import { expect, onTestFinished } from 'vitest'
import { type ChatClient, createChatClient } from '../client.ts'
import type { ServerKeyAuth } from '../connection/auth.ts'
import type { Observable } from '../live/observable.ts'

/** Starts a real server, and opens clients to it; all end with the test. */
export async function openChat(options?: Parameters<typeof startServer>[0]) {
  const server = await startServer(options)
  onTestFinished(() => server.close())
  return {
    server,
    client: (user_id: string, auth: Partial<ServerKeyAuth> = {}) => openClient(server.url, user_id, auth),
  }
}

/** What lets a user into the workspace `demo` of the test servers. */
export function authOf(user_id: string): ServerKeyAuth {
  return { workspace_id: 'demo', api_key: 'demo-key', user_id }
}

/** A client that is closed with the test. It connects when the test calls `connect`. */
export function openClient(url: string, user_id: string, auth: Partial<ServerKeyAuth> = {}): ChatClient {
  const client = createChatClient({ url, auth: { ...authOf(user_id), ...auth } })
  onTestFinished(() => client.close())
  return client
}

/** Waits until an observable's state is as expected. */
export async function until<T>(observable: Observable<T>, isSo: (state: T) => boolean): Promise<T> {
  await expect.poll(() => isSo(observable.getSnapshot()), { timeout: 10_000, interval: 5 }).toBe(true)
  return observable.getSnapshot()
}
