import { randomUUID } from 'node:crypto'
import { managerLine, type PushOf, topicLine } from '@dowellchat/protocol'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { messagesIn, openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { secret, sign } from './support/foreign-tokens.ts'
import { gate } from './support/gate.ts'
import { newTicket, withLine } from './support/ticket-line.ts'

afterEach(() => void vi.useRealTimers())

function open(options: Partial<ChatServerOptions> = {}): Promise<TestChat> {
  return openChat(onTestFinished, { tokens: { secrets: [secret] }, ...options })
}

async function enter(chat: TestChat, change: Record<string, unknown> = {}): Promise<TestSocket> {
  const socket = chat.open({ protocol: 1, token: sign(change) })
  await socket.heard(2)
  return socket
}

const text = (message_data: string, room_id = 'r') => ({ room_id, message_data, cid: randomUUID() })

it('[TO12] extends the connection while a room goes on, and loses nothing', async () => {
  const start = Math.floor(Date.now() / 1_000) * 1_000
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  const iat = start / 1_000
  const chat = await open()
  const [ann, ben] = [await enter(chat, { iat, exp: iat + 5 }), await chat.connect('ben')]
  for (const socket of [ann, ben]) await socket.request('join', { room: 'r' })
  const sending = (async () => {
    for (let n = 1; n <= 60; n++) await ben.request('message_event', text(`${n}`))
  })()
  const token = sign({ iat, exp: iat + 3_600, name: 'Ann' })
  const hello = await ann.request('renew_token', { token })
  const expires_at = new Date((iat + 3_600) * 1_000).toISOString()
  expect(hello).toMatchObject({ user_id: 'ann', name: 'Ann', role: 'customer', expires_at })
  // Past the first token, and not so far that a client takes its connection for lost.
  vi.setSystemTime(start + 40_000)
  await sending
  await ann.request('message_event', text('still here'))

  const texts = () => messagesIn(ann.frames).map(({ message_data }) => message_data)
  await expect.poll(() => texts().length).toBe(61)
  expect(texts()).toEqual([...Array.from({ length: 60 }, (_, n) => `${n + 1}`), 'still here'])
  const events = ann.frames.map(([event]) => event)
  expect(events.filter((event) => event === 'connect')).toHaveLength(1)
  expect(events).not.toContain('disconnect')
})

it('[TO12] uses the new name in what is sent from then on', async () => {
  const chat = await open()
  const ann = await enter(chat, { name: 'Ann' })
  await ann.request('renew_token', { token: sign({ name: 'Ann Smith' }) })
  const message = await ann.request('message_event', text('hi'))
  expect(message).toMatchObject({ author: 'ann', display_name: 'Ann Smith' })
})

it('[TO12] refuses a token that is not valid, and keeps the connection as it was', async () => {
  const chat = await open()
  const ann = await enter(chat)
  for (const token of ['a.b.c', sign({ exp: 1 }), sign({}, 'another secret, which is long enough as well')]) {
    const answer = await ann.ask('renew_token', { token })
    expect(answer).toMatchObject({ error: { code: 'unauthenticated', message: 'The token is not valid' } })
  }
  expect(await ann.refusal('renew_token', { token: 'x'.repeat(8_193) })).toBe('invalid_payload')
  expect(await ann.request('get_all_topics', {})).toEqual([])
})

it('[TO12] counts the last of several tokens that are sent at once', async () => {
  const chat = await open()
  const ann = await enter(chat)
  const roles = ['agent', 'admin', 'customer', 'agent']
  await Promise.all(roles.map((role) => ann.request('renew_token', { token: sign({ role }) })))
  expect(await ann.refusal('create_topic', { name: 'mine', cid: randomUUID() })).toBe('forbidden')
  expect(await ann.request('get_tickets', {})).toMatchObject({ tickets: [] })
})

it.each([
  ['user', { sub: 'eve' }],
  ['workspace', { workspace_id: 'other' }],
])("[TO14] refuses another %s's token and ends the connection", async (_what, change) => {
  const chat = await open()
  const ann = await enter(chat)
  await ann.request('join', { room: 'r' })
  expect(await ann.refusal('renew_token', { token: sign(change) })).toBe('forbidden')
  await expect.poll(() => ann.frames.at(-1)).toEqual(['disconnect', 'transport close'])
  expect((await ann.first('error_response')).error.code).toBe('forbidden')
})

it('[TO14] renews no connection that a key has opened', async () => {
  const chat = await open()
  const ann = await chat.connect('ann')
  expect(await ann.refusal('renew_token', { token: sign() })).toBe('forbidden')
  expect(await ann.request('get_all_topics', {})).toEqual([])
})

it("[TO13] lets an agent who is a customer in the new token hear no agents' push any more", async () => {
  const chat = await open()
  const [agent, ann] = [await enter(chat, { sub: 'agnes', role: 'agent' }), await chat.connect('ann')]
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  const ticket = await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const own = await agent.request('create_ticket', { product: 'billing', cid: randomUUID() })
  for (const { _id } of [ticket, own]) await agent.request('join_ticket', { ticket_id: _id })
  await agent.untilHeard('new_ticket')

  const { role, can } = await agent.request('renew_token', { token: sign({ sub: 'agnes' }) })
  expect([role, can.includes('close_ticket')]).toEqual(['customer', true])
  await agent.heard()
  await ann.request('ticket_message_event', {
    ticket_id: ticket._id,
    message_data: 'secret',
    cid: randomUUID(),
  })
  await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  await ann.request('close_ticket', { ticket_id: ticket._id })
  expect(await agent.heard()).toEqual([])
  expect(await agent.refusal('join_ticket', { ticket_id: ticket._id })).toBe('not_found')

  // What is the user's own goes on.
  await admin.request('ticket_message_event', {
    ticket_id: own._id,
    message_data: 'hello',
    cid: randomUUID(),
  })
  await expect.poll(() => messagesIn(agent.frames).map(({ message_data }) => message_data)).toEqual(['hello'])
})

it('[TO13] lets an agent who is a customer in the new token hear of no strangers any more', async () => {
  const chat = await open({
    workspaces: [{ id: 'demo', keys: ['demo-key'], customersMeet: 'acquaintances' }],
  })
  const ann = await chat.connect('ann')
  const [agnes, mia] = [
    await enter(chat, { sub: 'agnes', role: 'agent' }),
    await enter(chat, { sub: 'mia', role: 'agent' }),
  ]
  for (const agent of [agnes, mia]) {
    await agent.request('get_users', { user_ids: ['ann'] })
    await agent.request('get_presence', { user_ids: ['ann'] })
  }
  await agnes.request('renew_token', { token: sign({ sub: 'agnes' }) })
  await ann.request('update_me', { metadata: { address: '1 Elm Street' } })
  await ann.request('set_presence', { availability: 'away' })
  for (const push of ['user_updated', 'presence_changed'] as const) await mia.untilHeard(push)
  expect((await agnes.heard()).map(([event]) => event)).toEqual([])
})

it('[TO13] lets an agent who becomes a customer follow nobody whom they were asking for meanwhile', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { opened, open: letOn } = gate()
  let held = 0
  const hold = async <T>(reading: Promise<T>): Promise<T> => {
    held += 1
    await opened
    return reading
  }
  const chat = await open({
    workspaces: [{ id: 'demo', keys: ['demo-key'], customersMeet: 'acquaintances' }],
    store: {
      ...store,
      users: { ...store.users, get: (...args) => hold(store.users.get(...args)) },
      blocks: { ...store.blocks, pairs: (...args) => hold(store.blocks.pairs(...args)) },
    },
  })
  const ann = await chat.connect('ann')
  const agnes = await enter(chat, { sub: 'agnes', role: 'agent' })
  const asking = (['get_users', 'get_presence'] as const).map((name) =>
    agnes.refusal(name, { user_ids: ['ann'] }),
  )
  await expect.poll(() => held).toBe(2)
  await agnes.request('renew_token', { token: sign({ sub: 'agnes' }) })
  letOn()
  expect(await Promise.all(asking)).toEqual(['unavailable', 'unavailable'])
  expect(await agnes.request('get_users', { user_ids: ['ann'] })).toMatchObject({ users: [] })
  await ann.request('update_me', { metadata: { address: '1 Elm Street' } })
  await ann.request('set_presence', { availability: 'away' })
  await ann.settle()
  expect(await agnes.heard()).toEqual([])
})

it("[TO13] lets an agent who is a customer in the new token follow no line manager's line any more", async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { opened, open: letOn } = gate()
  let isHeld = false
  const get: typeof store.tickets.get = async (...args) => {
    const found = await store.tickets.get(...args)
    if (isHeld) await opened
    return found
  }
  const { chat, admin } = await withLine([null], {
    tokens: { secrets: [secret] },
    store: { ...store, tickets: { ...store.tickets, get } },
  })
  const ann = await chat.connect('ann')
  const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
  const agents = ['agnes', 'mia', 'olga'].map((sub) => enter(chat, { sub, role: 'agent' }))
  const [agnes, mia, olga] = (await Promise.all(agents)) as [TestSocket, TestSocket, TestSocket]
  for (const agent of [agnes, olga]) {
    await agent.request('get_estimate', { ticket_id })
    await agent.request('get_estimate', { product: 'sales' })
  }
  isHeld = true
  const asking = mia.refusal('get_estimate', { ticket_id })
  for (const [sub, agent] of Object.entries({ agnes, mia }))
    await agent.request('renew_token', { token: sign({ sub }) })
  letOn()
  expect(await asking).toBe('unavailable')

  await ann.request('close_ticket', { ticket_id })
  const linesOf = ({ frames }: TestSocket) =>
    frames.flatMap(([event, data]) => (event === 'line_moved' ? (data as PushOf<'line_moved'>).line : []))
  await expect.poll(() => linesOf(olga)).toContain(managerLine('manager-1'))
  await admin.request('remove_line_manager', { user_id: 'manager-1' })
  // That of a topic anybody may follow.
  await expect.poll(() => linesOf(agnes)).toContain(topicLine('sales'))
  for (const agent of [agnes, mia]) expect(linesOf(agent)).not.toContain(managerLine('manager-1'))
})

it("[TO13] lets a customer who is an agent in the new token hear the agents' pushes", async () => {
  const chat = await open()
  const [agnes, ann] = [await enter(chat, { sub: 'agnes' }), await chat.connect('ann')]
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  await agnes.request('renew_token', { token: sign({ sub: 'agnes', role: 'agent' }) })
  const ticket = await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  expect(await agnes.first('new_ticket')).toMatchObject({ data: { _id: ticket._id } })
})

it('[TO13] leaves the rooms that the new token no longer allows, and no others', async () => {
  const chat = await open()
  const [ann, ben] = [await enter(chat), await chat.connect('ben')]
  for (const room of ['orders-1', 'lobby', 'secret']) await ann.request('join', { room })
  await ann.request('renew_token', { token: sign({ rooms: ['orders-*', 'lobby'] }) })
  for (const room of ['secret', 'orders-1', 'lobby']) await ben.request('message_event', text(room, room))
  await expect
    .poll(() => messagesIn(ann.frames).map(({ message_data }) => message_data))
    .toEqual(['orders-1', 'lobby'])
  expect(await ann.refusal('join', { room: 'secret' })).toBe('forbidden')
  expect(await ann.refusal('message_event', text('x', 'secret'))).toBe('forbidden')
  await ann.request('renew_token', { token: sign() })
  await ann.request('join', { room: 'secret' })
})

it('[TO13] lets no join slip through that is under way', async () => {
  const chat = await open()
  const [ann, ben] = [await enter(chat), await chat.connect('ben')]
  const rooms = Array.from({ length: 40 }, (_, n) => `secret-${n}`)
  const joins = rooms.map((room) => ann.ask('join', { room }))
  const renewed = ann.request('renew_token', { token: sign({ rooms: ['orders-*'] }) })
  const more = rooms.map((room) => ann.ask('join', { room: `${room}-later` }))
  await Promise.all([renewed, ...joins, ...more])
  await ann.heard()
  for (const room of rooms.flatMap((room) => [room, `${room}-later`]))
    await ben.request('message_event', text('x', room))
  expect(await ann.heard()).toEqual([])
})
