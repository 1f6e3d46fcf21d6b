import { expect, it, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Auth, ClientOptions } from '../src/testing/connect.ts'
import { openChat } from '../src/testing/connect.ts'
import { testWorkspaces } from '../src/testing/start-server.ts'
import { eraseAll, operatorAuth } from './support/erasing.ts'
import { now, secret, sign } from './support/foreign-tokens.ts'
import { enterAsGuest, logIn, refusalOf } from './support/guest-journey.ts'

const keyPepper = 'a pepper of these tests, long enough'
const origin = 'https://demo.example'

async function open(options: Partial<ChatServerOptions> = {}) {
  const store = await embeddedStore({ path: ':memory:' })
  const auth = await operatorAuth(store, keyPepper, ['erase', 'revoke'])
  const workspaces = testWorkspaces.map((one) => (one.id === 'demo' ? { ...one, origins: [origin] } : one))
  const tokens = { secrets: [secret] }
  const chat = await openChat(onTestFinished, { store, keyPepper, tokens, workspaces, ...options })
  /** The guest's alias, and what servers tell each other of a guest who has become a user. */
  const traces = async (guestId: string) => {
    const changes = await store.changes.after(0)
    return [
      await store.aliases.get('demo', guestId),
      ...changes.filter(({ change }) => change.kind === 'guest_became_user'),
    ]
  }
  return { chat, store, traces, operator: await chat.connect('root', auth) }
}

const none = [null]

/** What `ann` comes with, by a token of some seconds ago. */
const old = () => ({ token: sign({ sub: 'ann', iat: now() - 10 }) })

it.each<[string, Auth]>([
  ['current', { protocol: 1 }],
  ['V2', {}],
])('[GU8] brings no guest to a user who was erased, in the %s dialect', async (_dialect, dialect) => {
  const { chat, store, traces, operator } = await open()
  await logIn(chat, 'ann', old())
  await eraseAll(operator, 'ann')
  const { hello } = await enterAsGuest(chat)
  const { guest_token } = hello
  expect(await refusalOf(chat, { ...dialect, ...old(), guest_token })).toMatchObject({ details: 'revoked' })
  expect(await traces(hello.user_id)).toEqual(none)
  expect((await store.personal.read('demo', ['ann'], null)).rows).toEqual([])
  // They are still a guest, whom somebody else may become.
  expect((await logIn(chat, 'ben', { guest_token })).hello.guest_ids).toEqual([hello.user_id])
})

it('[GU8] brings no guest to a user whose sessions were ended', async () => {
  const { chat, traces, operator } = await open()
  const { hello } = await enterAsGuest(chat)
  await operator.request('revoke_sessions', { user_id: 'ann' })
  const auth = { protocol: 1, ...old(), guest_token: hello.guest_token }
  expect(await refusalOf(chat, auth)).toMatchObject({ details: 'revoked' })
  expect(await traces(hello.user_id)).toEqual(none)
})

it.each<[string, ClientOptions, string]>([
  [
    'comes from a page of a foreign origin',
    { extraHeaders: { origin: 'https://evil.example' } },
    'forbidden',
  ],
  ['has as many connections as they may', {}, 'rate_limited'],
])('[GU8] brings no guest to a user who %s', async (_who, options, code) => {
  const { chat, traces } = await open({ limits: { userConnections: 1 } })
  await logIn(chat, 'ann')
  const { hello } = await enterAsGuest(chat)
  const socket = chat.open({ protocol: 1, ...old(), guest_token: hello.guest_token }, options)
  expect(await socket.heard(1)).toMatchObject([['connect_error', { code }]])
  expect(await traces(hello.user_id)).toEqual(none)
})

it('[GU3] ignores the token of a guest who was erased', async () => {
  const { chat, traces, operator } = await open()
  const { hello } = await enterAsGuest(chat)
  await eraseAll(operator, hello.user_id)
  const ben = await logIn(chat, 'ben', { guest_token: hello.guest_token })
  expect(ben.hello).toMatchObject({ user_id: 'ben', guest_ids: [] })
  expect(await traces(hello.user_id)).toEqual(none)
})

it('[GU3] ignores the token of a guest who was erased as the user whom they had become', async () => {
  const { chat, store, operator } = await open()
  const { hello } = await enterAsGuest(chat)
  const { guest_token } = hello
  await logIn(chat, 'ann', { ...old(), guest_token })
  await eraseAll(operator, 'ann')
  const ben = await logIn(chat, 'ben', { guest_token })
  expect(ben.hello).toMatchObject({ user_id: 'ben', guest_ids: [] })
  expect(await store.aliases.get('demo', hello.user_id)).toBeNull()
  const changes = await store.changes.after(0)
  expect(JSON.stringify(changes)).not.toContain(hello.user_id)
})
