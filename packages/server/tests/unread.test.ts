import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { startReceiver, webhookTo } from './support/receiver.ts'
import { leave, roomOf, say, unreadScene } from './support/unread-scene.ts'

const hourMs = 3_600_000

/** A room, and how far it was looked at. */
async function watchedRoom(members: readonly string[]) {
  const store = await embeddedStore({ path: ':memory:' })
  const { chat, pass, shown } = await unreadScene({ store })
  const [ann, room] = await roomOf(chat, members)
  const stream = `room:${room}`
  const row = () => store.deliveries.get('demo', 'onUnread', stream)
  async function isLookedAt(seq: number): Promise<boolean> {
    const { noted = 0, due_at = '' } = (await row()) ?? {}
    return noted >= seq && (due_at === null || Date.parse(due_at) > chat.server.clock.now())
  }
  const lookedAt = (seq: number) => expect.poll(() => isLookedAt(seq)).toBe(true)
  return { chat, pass, shown, ann, room, stream, row, lookedAt }
}

it('[WH20] tells once of who is away and has not seen a message for two minutes, until they have read', async () => {
  const { chat, told, pass, shown } = await unreadScene()
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
  const { chat, pass, shown } = await unreadScene()
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

it('[WH21] tells who leaves without reading, though somebody else reads nothing for days', async () => {
  const { chat, pass, shown, ann, room, stream, row, lookedAt } = await watchedRoom(['ann', 'ben', 'cleo'])
  const [ben, cleo] = [await chat.connect('ben'), await chat.connect('cleo')]
  const { nth } = await say(ann, room, 'Are you there?')
  await pass(24 * 60 - 1)
  await lookedAt(1)
  await cleo.request('mark_read', { stream, nth })
  await say(ann, room, 'And now?')
  await pass(3)
  await lookedAt(2)
  await leave(chat, cleo)
  await pass(5)
  await expect.poll(shown).toEqual([`cleo ${stream}`])
  await leave(chat, ben)
  await pass(24 * 60)
  await expect.poll(shown).toEqual([`cleo ${stream}`, `ben ${stream}`])
  await expect.poll(async () => (await row())?.due_at).toBe(null)
})

it('[WH21] looks ever more seldom at who is connected, also behind a change, and no more after a day', async () => {
  const { chat, pass, shown, ann, room, stream, row, lookedAt } = await watchedRoom(['ann', 'ben'])
  const ben = await chat.connect('ben')
  const { nth, _id: message_id, seq } = await say(ann, room, 'one')
  await ben.request('mark_read', { stream, nth })
  await pass(3)
  await lookedAt(1)
  const edit = { stream, seq, message_id, message_data: 'changed', cid: randomUUID() }
  await ann.request('edit_message', edit)
  await say(ann, room, 'two')
  await pass(12 * 60)
  await lookedAt(3)
  expect(Date.parse((await row())?.due_at ?? '') - chat.server.clock.now()).toBeGreaterThan(10 * hourMs)
  await pass(13 * 60)
  await expect.poll(async () => (await row())?.due_at).toBe(null)
  expect(shown()).toEqual([])
})

it('[WH21] tells nobody of what they have muted, written or read, or of rooms that they have left', async () => {
  const { chat, told, pass, shown } = await unreadScene()
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
  const { chat, pass, shown } = await unreadScene()
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
  const { chat, told, pass, shown } = await unreadScene()
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
  const { chat, pass, shown } = await unreadScene()
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

it('[WH23] tells two people of their callers, whatever is in the ids', async () => {
  const { chat, shown } = await unreadScene()
  const calls = [
    ['ann', 'cleo:ben'],
    ['ann:cleo', 'ben'],
  ] as const
  for (const [, callee] of calls) await leave(chat, await chat.connect(callee))
  const callers = await Promise.all(calls.map(([caller]) => chat.connect(caller)))
  const user_ids = calls.map(([, callee]) => callee)
  const seen = async () => (await callers[0]?.request('get_users', { user_ids }))?.users.length
  await expect.poll(seen).toBe(2)
  await Promise.all(
    callers.map((caller, n) =>
      caller.ask('callUser', { userToCall: user_ids[n] ?? '', signalData: 'x', cid: randomUUID() }),
    ),
  )
  await expect.poll(() => shown().sort()).toEqual(['ben ann:cleo', 'cleo:ben ann'])
})

it('[WH23] names a caller who has only just come', async () => {
  const { chat, told } = await unreadScene()
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
  const { chat, pass } = await unreadScene({
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
