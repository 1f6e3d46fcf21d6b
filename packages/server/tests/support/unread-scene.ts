import { randomUUID } from 'node:crypto'
import type { Message } from '@dowellchat/protocol'
import { expect, onTestFinished } from 'vitest'
import { openChat, type TestChat, type TestSocket } from '../../src/testing/connect.ts'
import type { UnreadEvent } from '../../src/webhooks/unread-events.ts'

const minuteMs = 60_000

interface UnreadScene {
  readonly chat: TestChat
  readonly told: UnreadEvent[]
  /** Lets time pass, and everything be looked at. */
  pass(minutes: number): Promise<void>
  /** Who was told of which stream, in the order in which it was. */
  shown(): string[]
}

/** A server that tells who has not seen something. */
export async function unreadScene(options: object = {}): Promise<UnreadScene> {
  const told: UnreadEvent[] = []
  const onUnread = (event: UnreadEvent) => void told.push(event)
  const chat = await openChat(onTestFinished, { onUnread, metrics: true, ...options })
  return {
    chat,
    told,
    async pass(minutes) {
      // What was said before is noted under its own time.
      for (const one of chat.sockets) if (one.socket.connected) await one.settle()
      await chat.server.clock.advance(minutes * minuteMs)
    },
    shown: () => told.map((one) => `${one.user_id} ${one.type === 'unread' ? one.stream : one.caller}`),
  }
}

export async function say(
  socket: TestSocket,
  room_id: string,
  message_data: string,
): Promise<Pick<Message, '_id' | 'seq' | 'nth'>> {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

/** Ends somebody's connection; resolves once the server knows. */
export async function leave(chat: TestChat, ...sockets: readonly TestSocket[]): Promise<void> {
  for (const { socket } of sockets) socket.disconnect()
  const left = chat.sockets.filter(({ socket }) => socket.connected).length
  const connected = async () => (await chat.server.metrics())?.text ?? ''
  await expect.poll(connected).toContain(`dowellchat_connections{dialect="current"} ${left}\n`)
}

/** A room with these members, of which the first is connected. */
export async function roomOf(chat: TestChat, members: readonly string[]): Promise<[TestSocket, string]> {
  const [first = '', ...others] = members
  const owner = await chat.connect(first, { name: `The one called ${first}` })
  for (const id of others) await leave(chat, await chat.connect(id))
  const made = { kind: 'members', members: others, cid: randomUUID() } as const
  return [owner, (await owner.request('create_room', made))._id]
}
