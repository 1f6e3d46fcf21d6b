import { randomUUID } from 'node:crypto'
import { protocolVersion } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { ring } from '../../tests/support/phones.ts'
import type { ChatServerOptions } from '../chat-server.ts'
import { openChat } from './connect.ts'
import { startServer } from './start-server.ts'
import { messagesIn, openSocket } from './test-socket.ts'

const dayMs = 24 * 60 * 60 * 1_000

async function open(options?: Partial<ChatServerOptions>) {
  const chat = await openChat(onTestFinished, options)
  return { ...chat, clock: chat.server.clock }
}

const say = (message_data: string) => ({ room_id: 'lobby', message_data, cid: randomUUID() })

it('[KT4] dates what is stored by the clock, which runs on', async () => {
  const { clock, connect } = await open()
  const ann = await connect('ann')
  const before = clock.now()
  await clock.advance(3 * dayMs)
  const { created_at } = await ann.request('message_event', say('later'))
  expect(Date.parse(created_at)).toBeGreaterThanOrEqual(before + 3 * dayMs)
  expect(clock.now()).toBeGreaterThanOrEqual(Date.parse(created_at))
  await expect(clock.advance(-1)).rejects.toThrow('from 0, got -1')
})

it('[KT4] removes what a workspace no longer keeps', async () => {
  const { clock, connect } = await open({
    workspaces: [{ id: 'demo', keys: ['demo-key'], retentionDays: 7 }],
  })
  const ann = await connect('ann')
  await ann.request('message_event', say('old'))
  await clock.advance(6 * dayMs)
  await ann.request('message_event', say('new'))
  await clock.advance(2 * dayMs)
  const { entries } = await ann.request('join', { room: 'lobby' })
  expect(messagesIn([['entries', { entries }]]).map(({ message_data }) => message_data)).toEqual(['new'])
})

it('[KT4, KT5] warns of the end of a token, and closes its connection', async () => {
  const { clock, server } = await open()
  const token = await server.tokenFor('ann', { expires_in_ms: dayMs })
  const auth = { protocol: protocolVersion, device_id: randomUUID(), token }
  const socket = openSocket(server.url, { transports: ['websocket'], auth })
  onTestFinished(() => void socket.socket.disconnect())
  await socket.admitted()
  await clock.advance(dayMs - 30_000)
  await socket.untilHeard('token_expiring')
  await clock.advance(61_000)
  await socket.closed()
  expect(JSON.stringify(socket.frames)).toContain('token_expired')
})

it('[KT4] lets invites expire', async () => {
  const { clock, connect } = await open()
  const [ann, bob] = [await connect('ann'), await connect('bob')]
  const room = await ann.request('create_room', { kind: 'members', members: [], cid: randomUUID() })
  const { invite } = await ann.request('create_invite', { room: room._id, cid: randomUUID() })
  await clock.advance(8 * dayMs)
  expect(await bob.refusal('accept_invite', { invite })).toBe('not_found')
})

it('[KT4] ends calls that have rung for long enough, before it resolves', async () => {
  const { clock, connect } = await open()
  const [ann] = [await connect('ann'), await connect('bob')]
  await ring(ann, 'bob')
  await clock.advance(60_000)
  const { calls } = await ann.request('get_calls', {})
  expect(calls.map(({ state, reason }) => `${state} ${reason}`)).toEqual(['ended missed'])
})

it('[KT4] gives real time back with the last server', async () => {
  const [one, other] = [await startServer(), await startServer()]
  await one.clock.advance(dayMs)
  await one.close()
  expect(other.clock.now() - Date.now()).toBeGreaterThanOrEqual(dayMs - 1)
  await other.close()
  expect(other.clock.now() - Date.now()).toBeLessThan(dayMs / 2)
})

it('[KT5] lets in whom the test names', async () => {
  const { server } = await open()
  const auth = { protocol: protocolVersion, device_id: randomUUID() }
  const open2 = (more: object) =>
    openSocket(server.url, { transports: ['websocket'], auth: { ...auth, ...more } })
  const zoe = open2(server.authFor('zoe', { role: 'agent', name: 'Zoe' }))
  const max = open2(server.authFor('max', { workspace_id: 'other' }))
  for (const socket of [zoe, max]) onTestFinished(() => void socket.socket.disconnect())
  const hello = { workspace_id: 'demo', user_id: 'zoe', role: 'agent', name: 'Zoe' }
  expect(await zoe.first('hello')).toMatchObject(hello)
  expect(await max.first('hello')).toMatchObject({ workspace_id: 'other', role: 'customer' })
  expect(() => server.authFor('zoe', { workspace_id: 'nowhere' })).toThrow('"nowhere" has no server key')
})
