import { randomUUID } from 'node:crypto'
import type { DataOf, Message, PayloadOf } from '@dowellchat/protocol'
import { expect } from 'vitest'
import type { TestSocket } from '../../src/testing/connect.ts'
import { testWorkspaces } from '../../src/testing/start-server.ts'

/** The workspaces of tests, of which the first has search. */
export const searchWorkspaces = testWorkspaces.map((one) => ({ ...one, search: one.id === 'demo' }))

type More = Partial<PayloadOf<'search'>>

export function say(socket: TestSocket, room_id: string, message_data: string): Promise<Message> {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

export function searched(socket: TestSocket, text: string, more: More = {}): Promise<DataOf<'search'>> {
  return socket.request('search', { text, ...more })
}

/** The texts of what is found, the newest first. */
export async function found(socket: TestSocket, text: string, more: More = {}): Promise<string[]> {
  return (await searched(socket, text, more)).hits.map(({ message }) => message.message_data)
}

/** The texts without their beginning, sorted. */
export async function foundBy(
  socket: TestSocket | undefined,
  text: string,
  beginning: string,
  more: More = {},
): Promise<string[]> {
  const texts = await found(socket as TestSocket, text, more)
  return texts.map((one) => one.replace(beginning, '')).toSorted()
}

/** Waits until as many messages are found. */
export async function eventually(socket: TestSocket, text: string, count: number): Promise<void> {
  const patience = { timeout: 20_000, interval: 50 }
  await expect.poll(async () => (await found(socket, text)).length, patience).toBe(count)
}
