import { randomUUID } from 'node:crypto'
import type { DataOf, Message, PayloadOf } from '@dowellchat/protocol'
import type { TestSocket } from '../../src/testing/connect.ts'
import { testWorkspaces } from '../../src/testing/start-server.ts'

/** The workspaces of tests, of which the first has search. */
export const searchWorkspaces = testWorkspaces.map((one) => ({ ...one, search: one.id === 'demo' }))

export function say(socket: TestSocket, room_id: string, message_data: string): Promise<Message> {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

export function searched(
  socket: TestSocket,
  text: string,
  more: Partial<PayloadOf<'search'>> = {},
): Promise<DataOf<'search'>> {
  return socket.request('search', { text, ...more })
}

/** The texts of what is found. */
export async function found(
  socket: TestSocket,
  text: string,
  more: Partial<PayloadOf<'search'>> = {},
): Promise<string[]> {
  return (await searched(socket, text, more)).hits.map(({ message }) => message.message_data)
}
