import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import type { UnreadEvent } from '../src/webhooks/unread-events.ts'
import { startReceiver, webhookTo } from './support/receiver.ts'

const minuteMs = 60_000

interface Scene {
  readonly chat: TestChat
  readonly told: UnreadEvent[]
  /** Lets time pass, and everything be looked at. */
  pass(minutes: number): Promise<void>
  /** Who was told of which stream, in the order in which it was. */
  shown(): string[]
}

async function scene(options: object = {}): Promise<Scene> {
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

async function say(socket: TestSocket, room_id: string, message_data: string): Promise<{ nth: number }> {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

/** Ends somebody's connection; resolves once the server knows. */
async function leave(chat: TestChat, ...sockets: readonly TestSocket[]): Promise<void> {
  for (const { socket } of sockets) socket.disconnect()
  const left = chat.sockets.filter(({ socket }) => socket.connected).length
  const connected = async () => (await chat.server.metrics())?.text ?? ''
  await expect.poll(connected).toContain(`dowellchat_connections{dialect="current"} ${left}\n`)
}

/** A room with these members, of which the first is connected. */
async function roomOf(chat: TestChat, members: readonly string[]): Promise<[TestSocket, string]> {
  const [first = '', ...others] = members
  const owner = await chat.connect(first, { name: `The one called ${first}` })
  for (const id of others) await leave(chat, await chat.connect(id))
  const made = { kind: 'members', members: others, cid: randomUUID() } as const
  return [owner, (await owner.request('create_room', made))._id]
}

it('[WH20] tells once of who is away and has not seen a message for two minutes, until they have read', async () => {
  const { chat, told, pass, shown } = await scene()
  const [ann, room] = await roomOf(chat, ['ann', 'ben', 'cleo'])
  await say(ann, room, 'Are you there?')
  await say(ann, room, 'Hello?')
  await pass(1)
  await say(ann, room, 'Still there?')
  expect(told).toEqual([])
  await pass(1.1)
  await expect.poll(shown).toEqual([`ben room:${room}`, `cleo room:${room}`])
  expect(told[0]).toMatchObject({
    workspace_id: 'demo',
    unread: 3,
    message: { message_data: 'Still there?', author: 'ann' },
  })
  await pass(5)
  const ben = await chat.connect('ben')
  const { nth } = await say(ann, room, 'Nobody?')
  await ben.request('mark_read', { stream: `room:${room}`, nth })
  await leave(chat, ben)
  await say(ann, room, 'And now?')
  await pass(3)
  await expect.poll(shown).toEqual([`ben room:${room}`, `cleo room:${room}`, `ben room:${room}`])
  expect(told.at(-1)).toMatchObject({ unread: 1, message: { message_data: 'And now?' } })
  expect(new Set(told.map(({ id }) => id)).size).toBe(3)
})

it('[WH21] does not tell who is connected, but does once they have left without reading', async () => {
  const { chat, pass, shown } = await scene()
  const [ann, room] = await roomOf(chat, ['ann', 'ben'])
  const ben = await chat.connect('ben')
  await say(ann, room, 'Are you there?')
  await pass(3)
  await say(ann, room, 'later')
  await pass(3)
  expect(shown()).toEqual([])
  await leave(chat, ben)
  await pass(10)
  await expect.poll(shown).toEqual([`ben room:${room}`])
})

it('[WH21] tells nobody of what they have muted, written or read, or of rooms that they have left', async () => {
  const { chat, told, pass, shown } = await scene()
  const [ann, room] = await roomOf(chat, ['ann', 'ben', 'cleo', 'dora'])
  const [ben, cleo, dora] = [
    await chat.connect('ben'),
    await chat.connect('cleo'),
    await chat.connect('dora'),
  ]
  await ben.request('keep_room', { room, is_muted: true })
  await cleo.request('leave_room', { room })
  await say(ann, room, 'one')
  const { nth } = await say(dora, room, 'two')
  await dora.request('mark_read', { stream: `room:${room}`, nth })
  await leave(chat, ann, ben, cleo, dora)
  await pass(3)
  await expect.poll(shown).toEqual([`ann room:${room}`])
  expect(told[0]).toMatchObject({ unread: 1 })
  await pass(60)
  expect(told).toHaveLength(1)
})

it('[WH22] tells the customer of a ticket and its line manager, under the id that they have now', async () => {
  const { chat, pass, shown } = await scene()
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  await admin.request('create_line_manager', {
    user_id: 'mia',
    positions_in_a_line: 0,
    average_serving_time: 1,
    is_unmanaged: true,
    cid: randomUUID(),
  })
  const ann = await chat.connect('ann')
  const { _id: ticket_id } = await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  await ann.request('ticket_message_event', { ticket_id, message_data: 'Help!', cid: randomUUID() })
  await leave(chat, ann)
  await pass(3)
  await expect.poll(shown).toEqual([`mia ticket:${ticket_id}`])
  const answer = { ticket_id, message_data: 'Have you tried again?', cid: randomUUID() }
  await admin.request('ticket_message_event', answer)
  await pass(3)
  await expect.poll(shown).toEqual([`mia ticket:${ticket_id}`, `ann ticket:${ticket_id}`])
})

it('[WH23] tells who has missed a call, once for several of one caller within two minutes', async () => {
  const { chat, told, pass, shown } = await scene()
  const ann = await chat.connect('ann', { name: 'Ann' })
  const call = () => ann.ask('callUser', { userToCall: 'ben', signalData: 'x', cid: randomUUID() })
  expect(await call()).toMatchObject({ error: { code: 'not_found' } })
  const ben = await chat.connect('ben')
  await leave(chat, ben)
  await expect.poll(async () => (await ann.request('get_users', { user_ids: ['ben'] })).users.length).toBe(1)
  await call()
  await call()
  await expect.poll(shown).toEqual(['ben ann'])
  expect(told[0]).toMatchObject({ type: 'missed_call', caller_name: 'Ann' })
  await pass(3)
  await chat.connect('ben')
  const { callId } = await ann.request('callUser', { userToCall: 'ben', signalData: 'x', cid: randomUUID() })
  await ann.request('endCall', { callId })
  await expect.poll(shown).toEqual(['ben ann', 'ben ann'])
})

it('[WH23] tells once of a request that is repeated, and nobody of a caller whom they have blocked', async () => {
  const { chat, pass, shown } = await scene()
  const [ann, eve, ben] = [await chat.connect('ann'), await chat.connect('eve'), await chat.connect('ben')]
  await ben.request('block_user', { user_id: 'eve' })
  await leave(chat, ben)
  await expect.poll(async () => (await ann.request('get_users', { user_ids: ['ben'] })).users.length).toBe(1)
  const call = { userToCall: 'ben', signalData: 'x', cid: randomUUID() }
  await eve.ask('callUser', { ...call, cid: randomUUID() })
  for (const _try of [1, 2]) await ann.ask('callUser', call)
  await expect.poll(shown).toEqual(['ben ann'])
  await pass(1)
  expect(shown()).toEqual(['ben ann'])
})

it('[WH23] names a caller who has only just come', async () => {
  const { chat, told } = await scene()
  const cleo = await chat.connect('cleo')
  await leave(chat, await chat.connect('ben'))
  await expect.poll(async () => (await cleo.request('get_users', { user_ids: ['ben'] })).users.length).toBe(1)
  const ann = await chat.connect('ann', { name: 'Ann' })
  await ann.ask('callUser', { userToCall: 'ben', signalData: 'x', cid: randomUUID() })
  await expect.poll(() => told.length, { timeout: 10_000 }).toBe(1)
  expect(told[0]).toMatchObject({ type: 'missed_call', caller_name: 'Ann' })
})

it('[WH24] tries again what a receiver has not taken, and tells nobody twice', async () => {
  const receiver = await startReceiver()
  const refused = new Set(['cleo'])
  receiver.answer = (response, { body }) =>
    void response.writeHead(refused.has(String(body.user_id)) ? 500 : 200).end()
  const { chat, pass } = await scene({
    onUnread: undefined,
    webhooks: [webhookTo(receiver, { events: ['unread'] })],
  })
  const [ann, room] = await roomOf(chat, ['ann', 'ben', 'cleo'])
  await say(ann, room, 'Hello?')
  await pass(3)
  const users = () => receiver.received.map(({ body }) => body.user_id).sort()
  await expect.poll(users).toEqual(['ben', 'cleo'])
  refused.clear()
  await pass(10)
  await expect.poll(users).toEqual(['ben', 'cleo', 'cleo'])
  const [first, again] = receiver.received.filter(({ body }) => body.user_id === 'cleo')
  expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(receiver.received[0]?.body).toMatchObject({ type: 'unread', stream: `room:${room}`, unread: 1 })
})
