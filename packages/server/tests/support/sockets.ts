import { randomUUID } from 'node:crypto'
import { type Entry, isMessage, type Message, type Page, protocolVersion } from '@dowellchat/protocol'
import { onTestFinished, vi } from 'vitest'
import { type Auth, type ClientOptions, openSocket, type TestSocket } from '../../src/testing/test-socket.ts'
import { insist } from './insist.ts'

/** Waits until the check no longer throws. */
export async function until(check: () => unknown): Promise<void> {
  await vi.waitFor(check, { timeout: 30_000, interval: 5 })
}

/** Makes so many, twenty at a time: on a slow machine the deadline of each would pass while it waits for all the others. */
export async function inGroups<T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  while (made.length < count) {
    const group = Array.from({ length: Math.min(20, count - made.length) }, (_, n) => make(made.length + n))
    made.push(...(await Promise.all(group)))
  }
  return made
}

/** A socket that the server has admitted; it closes with the test. Rejects with the server's reason. */
export async function connect(
  url: string,
  auth: Auth = {},
  options: ClientOptions = {},
): Promise<TestSocket> {
  const opened = openSocket(url, { transports: ['websocket'], auth: { ...auth }, ...options })
  onTestFinished(() => {
    opened.socket.disconnect()
  })
  return opened.admitted()
}

/** A user of the workspace `shop`, on a socket of the current dialect. */
export function connectAs(url: string, userId: string, more: Auth = {}): Promise<TestSocket> {
  const identity = { workspace_id: 'shop', api_key: 'shop-key-with-more-than-32-letters', user_id: userId }
  return connect(url, { protocol: protocolVersion, device_id: randomUUID(), ...identity, ...more })
}

/** Reads a whole stream backwards from its newest page; resolves to its messages, oldest first. */
export async function readBackwards(socket: TestSocket, room: string): Promise<Message[]> {
  let page: Page = await insist(socket, 'join', { room })
  const entries = page.entries.filter(isMessage)
  while (page.more) {
    const before = entries[0]?.nth ?? 0
    page = await insist(socket, 'get_messages', { stream: page.stream, before })
    entries.unshift(...page.entries.filter(isMessage))
  }
  return entries
}

/** Reads a whole stream forwards from its beginning; resolves to its messages. */
export async function readForwards(socket: TestSocket, room: string): Promise<Message[]> {
  const { stream, epoch } = await insist(socket, 'join', { room })
  const entries: Entry[] = []
  for (;;) {
    const last = entries.at(-1)
    const position = { epoch, seq: last?.seq ?? 0, id: last?._id ?? null }
    const page = await insist(socket, 'get_entries', { stream, position })
    entries.push(...page.entries)
    if (!page.more) return entries.filter(isMessage)
  }
}
