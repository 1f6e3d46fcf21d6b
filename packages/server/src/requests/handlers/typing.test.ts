import { randomUUID } from 'node:crypto'
import type { PushOf } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'

const stream = 'room:lobby'
const types = (is_typing = true) => ({ stream, is_typing })

async function inLobby(chat: TestChat, ...names: readonly string[]): Promise<TestSocket[]> {
  return Promise.all(
    names.map(async (name) => {
      const socket = await chat.connect(name, { name: `${name} name` })
      await socket.request('join', { room: 'lobby' })
      return socket
    }),
  )
}

/** What a socket has heard of who types. */
function heardOf({ frames }: TestSocket): [user_id: string, is_typing: boolean][] {
  return frames.flatMap(([event, data]): [string, boolean][] => {
    if (event !== 'typing') return []
    const { user_id, is_typing } = data as PushOf<'typing'>
    return [[user_id, is_typing]]
  })
}

it('[PR1] tells those who have joined a stream who types there, and nobody else', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await inLobby(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const eve = await chat.connect('eve')
  const foreign = await chat.connect('ben', { workspace_id: 'other', api_key: 'other-key' })
  await foreign.request('join', { room: 'lobby' })
  const v2 = await chat.connectV2()
  v2.emit('join', { room: 'lobby' })
  await v2.untilHeard('my_response')
  v2.skip()

  expect(await ann.request('typing', types())).toEqual({})
  expect(await ben.first('typing')).toEqual({
    stream,
    user_id: 'ann',
    display_name: 'ann name',
    is_typing: true,
  })
  await ann.request('typing', types(false))
  await ben.first('typing', ({ is_typing }) => !is_typing)
  expect(await eve.refusal('typing', types())).toBe('not_found')
  await ann.request('leave', { room: 'lobby' })
  expect(await ann.refusal('typing', types())).toBe('not_found')
  for (const one of [ann, eve, foreign]) {
    await one.settle()
    expect(heardOf(one)).toEqual([])
  }
  // Of the one who has left alone.
  expect(v2.unread.map(([event]) => event)).toEqual(['my_response'])
})

it('[PR1] tells those who have joined a ticket, and stores nothing', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const asked: string[] = []
  let isWatched = false
  const watched = new Proxy(store, {
    get(target, name: keyof typeof store) {
      if (isWatched) asked.push(name)
      return target[name]
    },
  })
  const chat = await openChat(onTestFinished, { store: watched })
  const ann = await chat.connect('ann')
  const agent = await chat.connect('mia', { role: 'agent' })
  await (await chat.connect('max', { role: 'admin' })).request('create_topic', {
    name: 'billing',
    cid: randomUUID(),
  })
  const ticket = await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  for (const one of [ann, agent]) await one.request('join_ticket', { ticket_id: ticket._id })
  const said = { stream: `ticket:${ticket._id}`, is_typing: true }
  await agent.request('typing', said)
  expect(await ann.first('typing')).toMatchObject({ user_id: 'mia', stream: said.stream })
  isWatched = true
  const from = performance.now()
  for (let n = 0; n < 50; n++) await agent.request('typing', { ...said, is_typing: n % 2 === 0 })
  // Who looks after the lines looks once a second.
  expect(asked.filter((name) => name !== 'lineManagers')).toEqual([])
  expect(asked.length).toBeLessThanOrEqual((performance.now() - from) / 1_000 + 2)
})

it('[PR2] tells others seldom, however often it is said, and says at last what holds', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await inLobby(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const from = performance.now()
  for (let n = 0; n < 40; n++) await ann.request('typing', types())
  expect(await ben.first('typing')).toBeDefined()
  for (let n = 0; n < 41; n++) await ann.request('typing', types(n % 2 === 0))
  await ann.request('typing', types(false))
  await vi.waitFor(() => expect(heardOf(ben).at(-1)).toEqual(['ann', false]), 20_000)
  const halfSeconds = (performance.now() - from) / 500
  expect(heardOf(ben).length).toBeLessThanOrEqual(halfSeconds + 2)
  expect(heardOf(ben).length).toBeLessThan(30)
})

it('[PR2] says of somebody who is gone that they type no more', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await inLobby(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  await ann.request('typing', types())
  await ben.first('typing')
  ann.socket.disconnect()
  expect(await ben.first('typing', ({ is_typing }) => !is_typing)).toMatchObject({ user_id: 'ann' })
})

it('[PR3] tells nobody whom the typing one has blocked, and nobody of somebody who hides', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben, cem] = (await inLobby(chat, 'ann', 'ben', 'cem')) as [TestSocket, TestSocket, TestSocket]
  await ann.request('typing', types())
  await ben.first('typing')
  await ann.request('typing', types(false))
  await ann.request('block_user', { user_id: 'ben' })
  const [back] = (await inLobby(chat, 'dan')) as [TestSocket]
  await vi.waitFor(
    async () => {
      await ann.request('typing', types(false))
      await ann.request('typing', types())
      expect(heardOf(back).length).toBeGreaterThan(0)
    },
    { timeout: 20_000, interval: 100 },
  )
  await ben.settle()
  expect(heardOf(ben).filter(([, isTyping]) => isTyping)).toEqual([['ann', true]])

  await ben.request('typing', types())
  await cem.first('typing', ({ user_id }) => user_id === 'ben')
  await ann.settle()
  expect(heardOf(ann).filter(([id]) => id === 'ben')).toEqual([])

  await cem.request('set_preferences', { shows_presence: false })
  await cem.request('typing', types())
  await back.settle()
  expect(heardOf(back).filter(([id]) => id === 'cem')).toEqual([])
  await cem.request('set_preferences', { shows_presence: true })
  await cem.request('set_presence', { availability: 'offline' })
  await cem.request('typing', types())
  await back.settle()
  expect(heardOf(back).filter(([id]) => id === 'cem')).toEqual([])
  await cem.request('set_presence', { availability: 'online' })
  await cem.request('typing', types())
  await back.first('typing', ({ user_id }) => user_id === 'cem')
})
