import { randomUUID } from 'node:crypto'
import { limits, type Reader, type Receipt, roomStream, ticketStream } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { eraseAll, exportAll, operatorAuth } from '../../../tests/support/erasing.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { type Auth, openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'
import { range } from '../../testing/store-cases/making.ts'

const lobby = roomStream('lobby')

async function create(socket: TestSocket, members: string[], more: object = {}): Promise<string> {
  const payload = { kind: 'members' as const, members, cid: randomUUID(), ...more }
  return (await socket.request('create_room', payload))._id
}

function say(socket: TestSocket, room_id: string, message_data = 'Hello') {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

async function connectAll(chat: TestChat, ...names: string[]): Promise<TestSocket[]> {
  return Promise.all(names.map((name) => chat.connect(name)))
}

/** What a device was told of a stream last. */
function lastReader(socket: TestSocket, stream: string): Reader | undefined {
  const all = socket.frames.flatMap(([event, data]) =>
    event === 'reader_changed' ? (data as { data: Reader }).data : [],
  )
  return all.findLast((reader) => reader.stream === stream)
}

/** Who has read how far, as a device was told it so far. */
function receiptsTold(socket: TestSocket, own: string): Map<string, number> {
  const all = socket.frames.flatMap(([event, data]) =>
    event === 'receipts' ? (data as { receipts: Receipt[] }).receipts : [],
  )
  const others = all.filter(({ user_id }) => user_id !== own)
  return new Map(others.map(({ user_id, nth }) => [user_id, nth]))
}

async function readersOf(socket: TestSocket, stream: string, of?: number) {
  const { receipts, count } = await socket.request('get_receipts', {
    stream,
    ...(of !== undefined && { of }),
  })
  return { receipts: receipts.map(({ user_id, nth }) => [user_id, nth]).toSorted(), count }
}

async function openTicket(customer: TestSocket, agent: TestSocket): Promise<string> {
  await agent.request('create_topic', { name: 'billing', cid: randomUUID() })
  const ticket = await customer.request('create_ticket', { product: 'billing', cid: randomUUID() })
  return ticket._id
}

function sayInTicket(socket: TestSocket, ticket_id: string) {
  return socket.request('ticket_message_event', { ticket_id, message_data: 'Hello', cid: randomUUID() })
}

it('[RL7, RL9] raises a mark to the end at most, and tells all devices of it', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, phone, ben] = (await connectAll(chat, 'ann', 'ann', 'ben')) as [
    TestSocket,
    TestSocket,
    TestSocket,
  ]
  for (const _ of range(1, 5)) await say(ben, 'lobby')
  const mark = (nth: number) => ann.request('mark_read', { stream: lobby, nth })
  expect(await mark(2)).toMatchObject({ nth: 2, unread: 3 })
  const first = await phone.first('reader_changed')
  expect(first.data).toMatchObject({ stream: lobby, nth: 2, unread: 3, mentions: 0 })
  expect(await mark(1)).toEqual(first.data)
  const end = await mark(99)
  expect(end).toMatchObject({ nth: 5, unread: 0, version: first.data.version + 1 })
  await expect.poll(() => lastReader(phone, lobby)).toEqual(end)
  const again = await ann.request('mark_unread', { stream: lobby, nth: 4 })
  expect(again).toMatchObject({ nth: 3, unread: 2 })
  await expect.poll(() => lastReader(phone, lobby)).toEqual(again)
  expect(await ann.request('mark_unread', { stream: lobby, nth: 0 })).toMatchObject({ nth: 0, unread: 5 })
  expect(lastReader(ben, lobby)?.nth).not.toBe(0)
})

it('[RL7] begins at the end where somebody comes, and rises with what they write', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, phone, ben] = (await connectAll(chat, 'ann', 'ann', 'ben')) as [
    TestSocket,
    TestSocket,
    TestSocket,
  ]
  await say(ben, 'lobby')
  await ann.request('join', { room: 'lobby' })
  for (const _ of range(1, 3)) await say(ben, 'lobby')
  const own = async () => (await ann.request('get_rooms', {})).rooms[0]?.reader
  await expect.poll(own).toMatchObject({ nth: 1, unread: 3 })
  await say(ann, 'lobby')
  await expect.poll(own).toMatchObject({ nth: 5, unread: 0 })
  await expect.poll(() => lastReader(phone, lobby)).toMatchObject({ nth: 5, unread: 0 })
})

it('[RL7] says how far somebody is for a mark of 0, and moves and keeps nothing', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const agent = await chat.connect('mia', { role: 'admin' })
  for (const _ of range(1, 3)) await say(ben, 'lobby')
  const ticket = ticketStream(await openTicket(ann, agent))
  await sayInTicket(agent, ticket.slice('ticket:'.length))
  const far = (stream: string) => ann.request('mark_read', { stream, nth: 0 })
  expect(await far(roomStream('lobby'))).toMatchObject({ nth: 3, unread: 0, version: 0 })
  await say(ben, 'lobby')
  expect(await far(roomStream('lobby'))).toMatchObject({ nth: 4, version: 0 })
  expect(await far(ticket)).toMatchObject({ nth: 0, unread: 1, version: 0 })
  const marked = await ann.request('mark_read', { stream: roomStream('lobby'), nth: 2 })
  expect(await far(roomStream('lobby'))).toEqual(marked)
  expect(marked).toMatchObject({ nth: 2, unread: 2 })
  expect(await ann.refusal('mark_read', { stream: roomStream('nowhere'), nth: 0 })).toBe('not_found')
})

it('[RL7] has marks for whoever may read a stream, and for nobody else', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben, eve] = (await connectAll(chat, 'ann', 'ben', 'eve')) as [
    TestSocket,
    TestSocket,
    TestSocket,
  ]
  const agent = await chat.connect('mia', { role: 'admin' })
  const room = roomStream(await create(ann, ['ben']))
  const ticket = ticketStream(await openTicket(ann, agent))
  await sayInTicket(agent, ticket.slice('ticket:'.length))
  for (const stream of [room, ticket]) {
    expect(await eve.refusal('mark_read', { stream, nth: 1 })).toBe('not_found')
    expect(await eve.refusal('mark_unread', { stream, nth: 1 })).toBe('not_found')
    expect(await eve.refusal('get_receipts', { stream })).toBe('not_found')
  }
  expect(await ann.refusal('mark_read', { stream: roomStream('nowhere'), nth: 1 })).toBe('not_found')
  expect(await ann.request('mark_read', { stream: ticket, nth: 1 })).toMatchObject({ nth: 1, unread: 0 })
  await say(ben, room.slice('room:'.length))
  expect(await ann.request('mark_unread', { stream: room, nth: 1 })).toMatchObject({ nth: 0, unread: 1 })
})

it('[RL8] counts what is unread of others, and not what one wrote as a guest', async () => {
  const chat = await openChat(onTestFinished)
  const ben = await chat.connect('ben', { role: 'admin' })
  const asGuest: Auth = { api_key: undefined, user_id: undefined, guest: true }
  const guest = await chat.connect('', asGuest)
  const { guest_token, user_id: guest_id } = await guest.first('hello')
  await say(guest, 'lobby')
  await say(ben, 'lobby')
  await say(guest, 'lobby')
  const token = await chat.server.tokenFor('ann')
  const ann = await chat.connect('', { api_key: undefined, user_id: undefined, token, guest_token })
  expect((await ann.first('hello')).guest_ids).toEqual([guest_id])
  for (const _ of range(1, 2)) await say(ben, 'lobby')
  expect(await ann.request('mark_unread', { stream: lobby, nth: 1 })).toMatchObject({ nth: 0, unread: 3 })
  expect(await ann.request('mark_read', { stream: lobby, nth: 3 })).toMatchObject({ nth: 3, unread: 2 })
})

it('[RL8] counts removed messages and mentions, and no other entries', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const room_id = await create(ann, ['ben'])
  const stream = roomStream(room_id)
  const mentions = [{ user_id: 'ann', start: 0, end: 4 }]
  const mentioning = { room_id, message_data: '@ann', mentions }
  const first = await ben.request('message_event', { ...mentioning, cid: randomUUID() })
  const second = await ben.request('message_event', { ...mentioning, cid: randomUUID() })
  await say(ben, room_id)
  const { seq, _id: message_id } = first
  await ben.request('delete_message', { stream, seq, message_id, cid: randomUUID() })
  const reacted = { stream, seq: second.seq, message_id: second._id, reaction: '+', cid: randomUUID() }
  await ben.request('react', reacted)
  const [room] = (await ann.request('get_rooms', {})).rooms
  expect(room?.reader).toMatchObject({ nth: 0, unread: 3, mentions: 1 })
  expect(room?.head).toMatchObject({ seq: 5, nth: 3 })
  expect(await ann.request('get_unread', {})).toMatchObject({ unread: 3, mentions: 1, rooms: 1 })
  expect(await ann.request('mark_read', { stream, nth: 2 })).toMatchObject({ unread: 1, mentions: 0 })
})

it('[RL10] names who has read how far in small rooms and tickets, and takes nothing back', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben, cat] = (await connectAll(chat, 'ann', 'ben', 'cat')) as [
    TestSocket,
    TestSocket,
    TestSocket,
  ]
  const room = await create(ann, ['ben', 'cat'])
  const stream = roomStream(room)
  await ann.request('join', { room })
  for (const _ of range(1, 3)) await say(ann, room)
  expect(await readersOf(ann, stream)).toEqual({ receipts: [], count: null })
  await ben.request('mark_read', { stream, nth: 2 })
  await cat.request('mark_read', { stream, nth: 3 })
  await ben.request('mark_unread', { stream, nth: 1 })
  expect(await readersOf(ann, stream)).toEqual({
    receipts: [
      ['ben', 2],
      ['cat', 3],
    ],
    count: null,
  })
  await expect
    .poll(() => receiptsTold(ann, 'ann'))
    .toEqual(
      new Map([
        ['ben', 2],
        ['cat', 3],
      ]),
    )
  expect(receiptsTold(cat, 'cat').size).toBe(0)
  await say(ben, room)
  await expect.poll(() => receiptsTold(ann, 'ann').get('ben')).toBe(4)

  const agent = await chat.connect('mia', { role: 'admin' })
  const ticket = await openTicket(ann, agent)
  await ann.request('join_ticket', { ticket_id: ticket })
  await sayInTicket(ann, ticket)
  await agent.request('mark_read', { stream: ticketStream(ticket), nth: 1 })
  expect(await readersOf(ann, ticketStream(ticket))).toEqual({ receipts: [['mia', 1]], count: null })
  await expect.poll(() => receiptsTold(ann, 'ann').get('mia')).toBe(1)
  expect(await readersOf(ann, lobby)).toEqual({ receipts: [], count: null })
})

it('[RL10] counts readers of a large room, and sends none of them', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const people = range(1, limits.receipt_users).map((n) => `user ${n}`)
  const room = await create(ann, ['ben', ...people])
  const stream = roomStream(room)
  await ann.request('join', { room })
  for (const _ of range(1, 3)) await say(ann, room)
  await ben.request('mark_read', { stream, nth: 2 })
  const other = await chat.connect('user 1')
  await other.request('mark_read', { stream, nth: 3 })
  expect([await readersOf(ann, stream, 2), await readersOf(ann, stream, 3)]).toEqual([
    { receipts: [], count: 2 },
    { receipts: [], count: 1 },
  ])
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(receiptsTold(ann, 'ann').size).toBe(0)
})

it('[RL10] tells nobody of those who keep it to themselves, nor them of others', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben, cat] = (await connectAll(chat, 'ann', 'ben', 'cat')) as [
    TestSocket,
    TestSocket,
    TestSocket,
  ]
  const room = await create(ann, ['ben', 'cat'])
  const stream = roomStream(room)
  for (const socket of [ann, ben, cat]) await socket.request('join', { room })
  await ben.request('set_preferences', { sends_receipts: false })
  await say(ann, room)
  for (const socket of [ben, cat]) await socket.request('mark_read', { stream, nth: 1 })
  await expect.poll(() => receiptsTold(ann, 'ann')).toEqual(new Map([['cat', 1]]))
  expect(await readersOf(ann, stream)).toEqual({ receipts: [['cat', 1]], count: null })
  expect(await readersOf(ben, stream)).toEqual({ receipts: [], count: null })
  expect(receiptsTold(ben, 'ben').size).toBe(0)
})

it('[RL10] has no receipts in a workspace that switches them off', async () => {
  const chat = await openChat(onTestFinished, {
    workspaces: [{ id: 'demo', keys: ['demo-key'], receipts: false, customersMeet: 'anybody' }],
  })
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const room = await create(ann, ['ben'])
  await ann.request('join', { room })
  await say(ann, room)
  await ben.request('mark_read', { stream: roomStream(room), nth: 1 })
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(receiptsTold(ann, 'ann').size).toBe(0)
  expect(await readersOf(ann, roomStream(room))).toEqual({ receipts: [], count: null })
})

it('[RL12, RL27] exports marks of a moment ago, and erases them', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const keyPepper = 'pepper'
  const chat = await openChat(onTestFinished, { store, keyPepper })
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const operator = await chat.connect('root', await operatorAuth(store, keyPepper, ['export', 'erase']))
  const room = await create(ben, ['ann'])
  await say(ann, 'lobby')
  await say(ann, room)
  const exported = async () =>
    (await exportAll(operator, 'ann')).flatMap(({ collection, row }) =>
      collection === 'readers' ? [row] : [],
    )
  const rows = await exported()
  const streams = rows.map((row) => (row as { stream: string }).stream).toSorted()
  expect(streams).toEqual([lobby, roomStream(room)].toSorted())
  expect(rows).toContainEqual(expect.objectContaining({ user_id: 'ann', nth: 1, is_listed: true }))
  await say(ann, 'kitchen')
  await eraseAll(operator, 'ann')
  expect(await exported()).toEqual([])
})

it('[RL11] tells V2 which messages of a ticket the other side has read, or written after', async () => {
  const chat = await openChat(onTestFinished)
  const [page, agent] = [await chat.connectV2(), await chat.connect('mia', { role: 'admin' })]
  const ofWorkspace = { workspace_id: 'demo', api_key: 'demo-key' }
  await agent.request('create_topic', { name: 'billing', cid: randomUUID() })
  const { data } = await page.ask('create_ticket', { ...ofWorkspace, user_id: 'ann', product: 'billing' })
  const { _id: ticket_id } = data as { _id: string }
  const sayAs = (user_id: string) =>
    page.ask('ticket_message_event', { ...ofWorkspace, ticket_id, user_id, message_data: 'Hello' })
  const areRead = async () => {
    const before = page.frames.length
    page.emit('get_ticket_messages', { ...ofWorkspace, ticket_id })
    const lists = () =>
      page.frames.slice(before).flatMap(([event, answer]) => {
        const { operation, data } = answer as { operation?: string; data?: { is_read: boolean }[] }
        return event === 'ticket_message_response' && operation === 'get_ticket_messages' ? [data] : []
      })
    await expect.poll(() => lists().length).toBe(1)
    return lists()[0]?.map(({ is_read }) => is_read)
  }
  await sayAs('ann')
  await sayAs('ann')
  expect(await areRead()).toEqual([false, false])
  await agent.request('mark_read', { stream: ticketStream(ticket_id), nth: 1 })
  expect(await areRead()).toEqual([true, false])
  await sayAs('max')
  await expect.poll(areRead).toEqual([true, true, false])
  await sayAs('ann')
  await expect.poll(areRead).toEqual([true, true, true, false])
})
