import { io } from 'socket.io-client'
import { Refusal } from './refusal.ts'
import type { Person } from './subscriptions.ts'

/** Finds out who somebody is by what proves it to the chat server. @throws Refusal */
export type WhoIs = (auth: unknown) => Promise<Person>

const timeoutMs = 5_000

/** Connects to the chat server with somebody's `auth`, and takes who they are from its `hello`. */
export function askChatServer(url: string, path = '/socket.io'): WhoIs {
  return (auth) =>
    new Promise((resolve, reject) => {
      const handshake = { ...proofOf(auth), protocol: 1 }
      const options = {
        path,
        auth: handshake,
        forceNew: true,
        reconnection: false,
        transports: ['websocket'],
      }
      const socket = io(url, options)
      const end = (settle: () => void): void => {
        clearTimeout(timer)
        socket.disconnect()
        settle()
      }
      const fail = (status: number, message: string): void => end(() => reject(new Refusal(status, message)))
      const timer = setTimeout(() => fail(503, 'The chat server does not answer'), timeoutMs)
      socket.on('hello', ({ workspace_id, user_id }: Person) => end(() => resolve({ workspace_id, user_id })))
      socket.on('connect_error', (error: Error & { data?: { readonly retryable: boolean } }) => {
        // The chat server's own refusals say whether trying again may help, as where it has too much to do.
        if (error.data) fail(error.data.retryable ? 503 : 401, error.message)
        else fail(503, 'The chat server does not answer')
      })
    })
}

/** Only what a user or a guest has: a server key would speak for anybody. */
function proofOf(auth: unknown): object {
  const { token, workspace_id, guest, guest_token } = (auth ?? {}) as Record<string, unknown>
  if (typeof token === 'string') return { token }
  if (guest === true && typeof guest_token === 'string' && typeof workspace_id === 'string')
    return { workspace_id, guest, guest_token }
  throw new Refusal(400, 'auth: expected {token}, or {workspace_id, guest: true, guest_token}')
}
