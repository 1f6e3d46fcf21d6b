import { ErrorBody } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import type { AuthenticateUser } from '../src/index.ts'
import { RequestError } from '../src/index.ts'
import { openChat, type TestChat } from '../src/testing/connect.ts'

const silent = { info() {}, warn() {}, error() {} }

function open(authenticate: AuthenticateUser): Promise<TestChat> {
  return openChat(onTestFinished, { authenticate, logger: silent })
}

async function refused(chat: TestChat, auth: object = {}) {
  const [frame] = await chat.open({ protocol: 1, token: 'opaque', ...auth }).heard(1)
  expect(frame?.[0]).toBe('connect_error')
  return ErrorBody.parse(frame?.[1])
}

it('[TO8] lets a team decide by tokens of its own', async () => {
  const asked: unknown[] = []
  const chat = await open(async (auth) => {
    asked.push(auth)
    return { workspace_id: 'demo', user_id: 'ann', role: 'agent', name: 'Ann', rooms: ['orders-*'] }
  })
  const socket = chat.open({ protocol: 1, token: 'opaque', session: 'abc' })
  expect(await socket.first('hello')).toMatchObject({ user_id: 'ann', role: 'agent', name: 'Ann' })
  expect(asked).toEqual([{ protocol: 1, token: 'opaque', session: 'abc' }])
  expect(await socket.refusal('join', { room: 'secret' })).toBe('forbidden')
  await socket.request('join', { room: 'orders-7' })
})

it('[TO8] is not asked for keys, guests and V2 pages', async () => {
  const chat = await open(() => {
    throw new Error('asked')
  })
  await chat.connect('ann')
  await chat.connectV2()
})

const until = (ms: number) => new Date(Date.now() + ms)

it.each<[string, AuthenticateUser, string]>([
  ['null', () => null, 'unauthenticated'],
  [
    'a refusal of its own',
    () => Promise.reject(new RequestError('unauthenticated', 'Log in again')),
    'unauthenticated',
  ],
  [
    'somebody whose time is over',
    () => ({ workspace_id: 'demo', user_id: 'ann', expires_at: until(-31_000) }),
    'unauthenticated',
  ],
  ['an error', () => Promise.reject(new Error('down')), 'unavailable'],
  [
    'an error that it throws',
    () => {
      throw new Error('down')
    },
    'unavailable',
  ],
  ['nothing in two seconds', () => new Promise(() => {}), 'unavailable'],
  ['a workspace that is none', () => ({ workspace_id: 'nowhere', user_id: 'ann' }), 'unavailable'],
  ['the id of a guest', () => ({ workspace_id: 'demo', user_id: 'guest:1' }), 'unavailable'],
  ['an erased id', () => ({ workspace_id: 'demo', user_id: 'erased:1' }), 'unavailable'],
  [
    'a role that is none',
    () => ({ workspace_id: 'demo', user_id: 'ann', role: 'root' as never }),
    'unavailable',
  ],
  ['nobody', () => ({}) as never, 'unavailable'],
  ['undefined', () => undefined as never, 'unavailable'],
])('[TO8] refuses whom it answers %s for', async (_what, authenticate, code) => {
  const error = await refused(await open(authenticate))
  expect(error).toMatchObject({ code, retryable: code === 'unavailable' })
  expect(error.message).not.toMatch(/down/)
})

it('[TO8] asks nothing about a token of more than 8 KiB', async () => {
  const asked: unknown[] = []
  const chat = await open((auth) => {
    asked.push(auth)
    return null
  })
  expect(await refused(chat, { token: 'x'.repeat(8_193) })).toMatchObject({ code: 'unauthenticated' })
  expect(asked).toEqual([])
})
