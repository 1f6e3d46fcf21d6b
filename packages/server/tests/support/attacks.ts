import { randomUUID } from 'node:crypto'
import type { ErrorBody, Failure } from '@dowellchat/protocol'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import { defaultLimits, type LimitOptions } from '../../src/limits.ts'
import type { TestSocket } from '../../src/testing/connect.ts'

/** The limits of a server as users start it, where a test does not need others. */
export function withLimits(limits: LimitOptions = {}): Partial<ChatServerOptions> {
  return { limits: { ...defaultLimits, ...limits } }
}

export const key = { workspace_id: 'demo', api_key: 'demo-key' }

export function message(room_id: string, text = 'hello') {
  return { room_id, message_data: text, cid: randomUUID() }
}

/** Sends an event again and again, without waiting, until the connection ends or so many are sent. */
export async function flood(
  socket: TestSocket,
  event: string,
  payload: (n: number) => unknown,
  most = 20_000,
): Promise<number> {
  let sent = 0
  while (sent < most && socket.socket.connected) {
    for (let each = 0; each < 100; each++) socket.emit(event, payload(sent++))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return sent
}

/** Why the server says that it closes the connection; undefined if it does not say so. */
export function endOf(socket: TestSocket): Failure | undefined {
  const ends = socket.frames.filter(
    ([event, failed]) => event === 'error_response' && (failed as Failure).operation === 'connection',
  )
  return ends.at(-1)?.[1] as Failure | undefined
}

/** The failures on `error_response` that are no end. */
export function refusalsOf(socket: TestSocket): ErrorBody[] {
  return socket.frames
    .filter(([event, data]) => event === 'error_response' && (data as Failure).operation !== 'connection')
    .map(([, data]) => (data as Failure).error)
}
