import { randomUUID } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import { type BotOptions, createBot } from '../../src/bots/index.ts'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import { messagesIn, openChat, type TestChat, type TestSocket } from '../../src/testing/connect.ts'
import { testWorkspaces } from '../../src/testing/start-server.ts'
import { startProxy } from './tcp-proxy.ts'

/** A bot that is closed with the test; what goes wrong fails it. */
export function openBot({ url }: Pick<TestChat, 'url'>, options: Partial<BotOptions> = {}) {
  const bot = createBot({
    url,
    workspace: 'demo',
    key: 'demo-key',
    user: { id: 'bot', name: 'Bot' },
    rooms: ['lobby'],
    ...options,
  })
  const errors: unknown[] = []
  bot.onError((error) => errors.push(error))
  onTestFinished(() => bot.close())
  onTestFinished(() => expect(errors).toEqual([]))
  return { bot, errors }
}

/** The server behind a wire that can be cut, for as long as it takes. */
export async function overWire({ url }: TestChat) {
  const proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(url).port) })
  return {
    url: `http://127.0.0.1:${proxy.port}`,
    async cut(meanwhile: () => unknown = () => {}) {
      proxy.set('refuses')
      await meanwhile()
      proxy.set(undefined)
    },
  }
}

/** Somebody who has joined the lobby. */
export async function inLobby(chat: TestChat, name: string): Promise<TestSocket> {
  const socket = await chat.connect(name)
  await socket.request('join', { room: 'lobby' })
  return socket
}

export const say = (socket: TestSocket, message_data: string, room_id = 'lobby') =>
  socket.request('message_event', { room_id, message_data, cid: randomUUID() })

export const textsOf = (socket: TestSocket) =>
  messagesIn(socket.frames).map(({ message_data }) => message_data)

/** Customers, and topics for their tickets. */
export async function openDesk(options: Partial<ChatServerOptions> = {}) {
  const chat = await openChat(onTestFinished, {
    ...options,
    workspaces: testWorkspaces.map((one) => ({ ...one, reopenDays: 3 })),
  })
  const admin = await chat.connect('max', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  const ann = await chat.connect('ann')
  return {
    chat,
    ann,
    openTicket: () => ann.request('create_ticket', { product: 'billing', cid: randomUUID() }),
    close: (ticket_id: string) => ann.request('close_ticket', { ticket_id }),
    write: (ticket_id: string, message_data: string) =>
      ann.request('ticket_message_event', { ticket_id, message_data, cid: randomUUID() }),
  }
}
