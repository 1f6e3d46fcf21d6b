import { randomUUID } from 'node:crypto'
import { protocolVersion } from '@dowellchat/protocol'
import type { Frame, TestChat, TestSocket } from '../../src/testing/connect.ts'

/** Ends a connection as a lost network does: without socket.io's goodbye. */
export async function drop(socket: TestSocket): Promise<void> {
  socket.socket.io.engine.close()
  await socket.closed()
}

/** Connects a device of a customer, which may hear of calls at once. Its `hello` is unread. */
export async function comeBack(
  chat: TestChat,
  user_id: string,
  device_id: string = randomUUID(),
): Promise<TestSocket> {
  const identity = { workspace_id: 'demo', api_key: 'demo-key', user_id, device_id }
  return chat.open({ protocol: protocolVersion, ...identity }).admitted()
}

/** What a device that has just come back hears after its `hello`, at least so many frames. */
export async function heardAfterHello(socket: TestSocket, atLeast = 0): Promise<Frame[]> {
  const [hello, connect, ...frames] = await socket.heard(2 + atLeast)
  if (hello?.[0] !== 'hello' || connect?.[0] !== 'connect') throw new Error('It was not greeted first')
  return frames
}
