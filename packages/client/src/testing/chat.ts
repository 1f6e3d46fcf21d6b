import { inspect } from 'node:util'
import { startServer } from '@dowellchat/server/testing'
import { onTestFinished } from 'vitest'
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

/** It only ends what hangs: a slow machine may take long. */
const patienceMs = 30_000

/** Waits until an observable's state is as expected, be it for a moment: each change is looked at. */
export async function until<T>(observable: Observable<T>, isSo: (state: T) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      const state = observable.getSnapshot()
      if (!isSo(state)) return false
      end()
      resolve(state)
      return true
    }
    const unsubscribe = observable.subscribe(look)
    const deadline = setTimeout(() => {
      end()
      reject(
        new Error(`After ${patienceMs / 1_000} s the state is still ${inspect(observable.getSnapshot())}`),
      )
    }, patienceMs)
    function end(): void {
      unsubscribe()
      clearTimeout(deadline)
    }
    look()
  })
}
