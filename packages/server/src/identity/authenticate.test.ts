import { createHmac, randomUUID } from 'node:crypto'
import { ErrorBody, limits } from '@dowellchat/protocol'
import { io } from 'socket.io-client'
import { expect, it, onTestFinished } from 'vitest'
import { createChatServer } from '../chat-server.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Auth, openChat, type TestChat, TestSocket } from '../testing/connect.ts'

const key = { workspace_id: 'demo', api_key: 'demo-key' }
const other = { workspace_id: 'other', api_key: 'other-key' }
const ann = { protocol: 1, ...key, user_id: 'ann' }

/** The `data` of the `connect_error` that a handshake gets. Fails if it is admitted. */
async function refused(chat: TestChat, auth: Auth): Promise<ErrorBody> {
  const socket = chat.open(auth)
  const frames = await socket.heard(1)
  expect(frames.map(([event]) => event)).toEqual(['connect_error'])
  expect(socket.socket.connected).toBe(false)
  return ErrorBody.parse(frames[0]?.[1])
}

it.each([['websocket'], ['polling']])(
  '[AU6] greets before the socket is connected, on %s',
  async (transport) => {
    const chat = await openChat(onTestFinished)
    const current = chat.open(
      { ...ann, name: 'Ann', role: 'agent', device_id: randomUUID() },
      { transports: [transport] },
    )
    const page = chat.open({}, { transports: [transport] })

    const hello = {
      protocol: 1,
      features: [],
      workspace_id: 'demo',
      user_id: 'ann',
      role: 'agent',
      name: 'Ann',
      expires_at: null,
      is_guest: false,
      guest_ids: [],
      can: expect.arrayContaining(['join', 'close_ticket']) as string[],
      server_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      limits,
    }
    expect(await current.heard(2)).toEqual([['hello', hello], ['connect']])
    const welcome = { data: expect.stringMatching(/^Welcome/) as string, count: 0 }
    expect(await page.heard(3)).toEqual([['my_response', welcome], ['me', page.id], ['connect']])
  },
)

it.each<[string, Auth, object]>([
  [
    'with a key',
    { ...key, user_id: 'ann' },
    { workspace_id: 'demo', user_id: 'ann', role: 'customer', name: null },
  ],
  [
    'with a key of another workspace',
    { ...other, user_id: 'ann' },
    { workspace_id: 'other', user_id: 'ann' },
  ],
  [
    'with a key without a workspace: that of V2',
    { api_key: 'demo-key', user_id: 'ann' },
    { workspace_id: 'demo' },
  ],
  ['with a number for an id', { ...key, user_id: 100 }, { user_id: '100' }],
  ['with fields that are not known yet', { ...key, user_id: 'ann', later: { a: 1 } }, { user_id: 'ann' }],
])('[AU1] admits somebody %s', async (_how, auth, session) => {
  const chat = await openChat(onTestFinished)
  const socket = chat.open({ protocol: 1, ...auth })
  const [hello] = await socket.heard(2)
  expect(hello?.[1]).toMatchObject(session)
})

it.each<[string, Auth]>([
  ['nobody', {}],
  ['nobody in particular of a workspace', key],
  ['a user without a proof', { user_id: 'ann' }],
  ['a user without a proof where there are guests', { workspace_id: 'demo', user_id: 'ann' }],
  ['an agent without a proof', { workspace_id: 'demo', user_id: 'ann', role: 'agent' }],
  ['a wrong key', { ...key, api_key: 'other-key', user_id: 'ann' }],
  ['an empty key', { ...key, api_key: '', user_id: 'ann' }],
  ['a key in another case', { ...key, api_key: 'DEMO-KEY', user_id: 'ann' }],
  ['a workspace that is none', { ...key, workspace_id: 'nowhere', user_id: 'ann' }],
  ['a workspace of the prototype', { workspace_id: '__proto__', user_id: 'ann' }],
  ['null as a workspace', { ...key, workspace_id: null, user_id: 'ann' }],
  ['an operator as a workspace', { ...key, workspace_id: { $ne: null }, user_id: 'ann' }],
  ['a list of keys', { ...key, api_key: ['demo-key'], user_id: 'ann' }],
  ['an operator as a key', { ...key, api_key: { $gt: '' }, user_id: 'ann' }],
  ['no user', { ...key, user_id: null }],
  ['an empty user', { ...key, user_id: ' ' }],
  ['a user that is too long', { ...key, user_id: 'x'.repeat(129) }],
  ['a user that reads backwards', { ...key, user_id: '\u202enna' }],
  ['a user of many', { ...key, user_id: ['ann', 'bob'] }],
  ['the id of a guest without a name', { ...key, user_id: 'guest:abc' }],
  ['what takes the place of an erased id', { ...key, user_id: 'erased:abc' }],
  ['a role that is none', { ...key, user_id: 'ann', role: 'root' }],
  ['a device that is no UUID', { ...key, user_id: 'ann', device_id: 'tab' }],
  ['a token that is none', { token: 'a.b.c' }],
  ['an empty token', { token: '' }],
  ['a token that is no text', { token: { a: 1 } }],
])('[AU1] refuses %s', async (_who, auth) => {
  const chat = await openChat(onTestFinished)
  const error = await refused(chat, { protocol: 1, ...auth })
  expect(error).toMatchObject({ code: 'unauthenticated', retryable: false })
  expect(error.message).not.toMatch(/demo-key|other-key|DEMO-KEY/)
})

it.each<[Auth]>([
  [{ api_key: 'demo-key' }],
  [{ api_key: 'wrong' }],
  [key],
  [{ workspace_id: 'demo' }],
  [{ user_id: 'ann' }],
  [{ workspace_id: 'demo', user_id: 'ann', role: 'admin' }],
])('[AU1] refuses a V2 socket that says half of who it is: %j', async (auth) => {
  const chat = await openChat(onTestFinished)
  expect(await refused(chat, auth)).toMatchObject({ code: 'unauthenticated' })
})

it('[AU1] admits nobody in particular where there is no workspace for V2', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const workspaces = [{ id: 'only', keys: ['only-key', 'second-key'] }]
  const server = await createChatServer({ store, port: 0, host: '127.0.0.1', workspaces })
  onTestFinished(() => server.close())
  const refusals = [
    {},
    { user_id: 'ann' },
    { api_key: 'only-key', user_id: 'ann' },
    { workspace_id: 'only', user_id: 'ann' },
  ]
  for (const auth of refusals) {
    const socket = new TestSocket(io(server.url, { auth, forceNew: true, reconnection: false }))
    onTestFinished(() => void socket.socket.disconnect())
    const [frame] = await socket.heard(1)
    expect(frame).toMatchObject(['connect_error', { code: 'unauthenticated' }])
  }
  for (const api_key of ['only-key', 'second-key']) {
    const auth = { workspace_id: 'only', api_key, user_id: 'ann' }
    const socket = new TestSocket(io(server.url, { auth, forceNew: true, reconnection: false }))
    onTestFinished(() => void socket.socket.disconnect())
    expect((await socket.heard(3)).at(-1)).toEqual(['connect'])
  }
})

it.each([[2], [0], ['1'], [null], [true], [{}], ['v2']])(
  '[AU2] does not speak protocol %j',
  async (protocol) => {
    const chat = await openChat(onTestFinished)
    expect(await refused(chat, { ...ann, protocol })).toMatchObject({
      code: 'unsupported_protocol',
      retryable: false,
    })
    expect(await refused(chat, { protocol })).toMatchObject({ code: 'unsupported_protocol' })
  },
)

it('[AU2] asks a socket of the current dialect who it is', async () => {
  const chat = await openChat(onTestFinished)
  expect(await refused(chat, { protocol: 1 })).toMatchObject({ code: 'unauthenticated' })
  expect(await refused(chat, { protocol: 1, device_id: randomUUID() })).toMatchObject({
    code: 'unauthenticated',
  })
})

it('[AU3] believes a role beside a key, and of no guest', async () => {
  const workspaces = [
    { id: 'demo', keys: ['demo-key'], guests: true },
    { id: 'shop', keys: ['shop-key'], guests: true },
  ]
  const chat = await openChat(onTestFinished, { workspaces })
  const roleOf = async (auth: Auth) => {
    const { role } = await chat.open({ protocol: 1, user_id: 'ann', ...auth }).first('hello')
    return role
  }
  for (const role of ['customer', 'agent', 'admin']) {
    expect(await roleOf({ workspace_id: 'shop', api_key: 'shop-key', role })).toBe(role)
    expect(await roleOf({ workspace_id: 'demo', guest: true, role })).toBe('customer')
  }
  const guest = await chat.connect('eve', { guest: true, role: 'admin' })
  expect(await guest.refusal('create_topic', { name: 'mine', cid: randomUUID() })).toBe('forbidden')
})

it('[AU4] names a socket without an identity by its own id, in the workspace for V2', async () => {
  const chat = await openChat(onTestFinished)
  const [page, bob] = [await chat.connectV2(), await chat.connect('bob')]
  await bob.request('join', { room: 'r' })
  page.emit('message_event', { room_id: 'r', message_data: 'hi', author: 'Ann' })
  const { entries } = await bob.first('entries')
  expect(entries).toMatchObject([{ author: `guest:${page.id}`, display_name: 'Ann' }])
})

it('[AU5] tells a wrong key like a wrong workspace', async () => {
  const chat = await openChat(onTestFinished)
  const wrong = [
    { ...key, api_key: 'wrong' },
    { ...key, api_key: 'other-key' },
    { ...other, api_key: 'demo-key' },
    { workspace_id: 'nowhere', api_key: 'demo-key' },
  ]
  const shown = new Set<string>()
  for (const auth of wrong) {
    shown.add(JSON.stringify(await refused(chat, { protocol: 1, user_id: 'ann', ...auth })))
    shown.add(JSON.stringify(await refused(chat, { user_id: 'ann', ...auth })))
  }
  expect(shown.size).toBe(1)
  const withoutProof = new Set<string>()
  for (const workspace_id of ['demo', 'other', 'nowhere'])
    withoutProof.add(JSON.stringify(await refused(chat, { protocol: 1, user_id: 'ann', workspace_id })))
  expect(withoutProof.size).toBe(1)
})

it('[AU5] refuses the payload of another workspace, whether that exists or not, and ignores its key', async () => {
  const chat = await openChat(onTestFinished)
  const current = await chat.connect('ann', { role: 'admin' })
  const page = await chat.connectV2({ ...key, user_id: 'ann', role: 'admin' })
  const shown = new Set<string>()
  for (const workspace_id of ['other', 'nowhere', 'Demo', 7]) {
    for (const api_key of ['other-key', 'demo-key', 'nonsense', undefined]) {
      for (const socket of [current, page]) {
        shown.add(JSON.stringify(await socket.ask('get_all_topics', { workspace_id, api_key })))
      }
    }
  }
  expect([...shown]).toEqual([expect.stringContaining('"code":"forbidden"')])
  for (const workspace_id of ['demo', undefined]) {
    for (const api_key of ['other-key', 'demo-key', 'nonsense', undefined]) {
      for (const socket of [current, page]) {
        expect(await socket.ask('get_all_topics', { workspace_id, api_key })).toMatchObject({
          status: 'success',
        })
      }
    }
  }
})

it.each([
  ['join', { room: 'r' }],
  ['leave', { room: 'r' }],
  ['message_event', { room_id: 'r', message_data: 'hi' }],
  ['callUser', { userToCall: 'bob', signalData: 'x' }],
  ['answerCall', { signal: 'x' }],
  ['endCall', {}],
])(
  '[AU5] refuses another workspace in every request of a V2 page with an identity: %s',
  async (event, payload) => {
    const chat = await openChat(onTestFinished)
    const page = await chat.connectV2({ ...key, user_id: 'ann' })
    expect(await page.ask(event, { ...payload, workspace_id: 'other' })).toMatchObject({
      error: { code: 'forbidden' },
    })
  },
)

it.each([[['demo']], [{ toString: 1 }], [{ $ne: null }], [['demo', 'other']], [true]])(
  '[AU5] takes no %j for a workspace',
  async (workspace_id) => {
    const chat = await openChat(onTestFinished)
    const page = await chat.connectV2({ ...key, user_id: 'ann' })
    for (const socket of [await chat.connect('ann'), page]) {
      expect(await socket.refusal('get_all_topics', { workspace_id })).toMatch(
        /^(invalid_payload|forbidden)$/,
      )
    }
  },
)

it('[AU7] keeps of a key its HMAC-SHA-256 under the pepper, which opens no workspace under another one', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const shared = { ...store, close: async () => {} }
  const keyPepper = 'a pepper of this test'
  const first = await openChat(onTestFinished, { store: shared, keyPepper })
  await first.connect('ann')

  const kept = await store.workspaces.list()
  const hashOf = (text: string) => createHmac('sha256', keyPepper).update(text).digest('base64url')
  expect(kept.map(({ _id, key_hashes }) => [_id, key_hashes])).toEqual([
    ['demo', [hashOf('demo-key')]],
    ['other', [hashOf('other-key')]],
  ])

  await first.close()
  const enter = async (pepper: string) => {
    const options = { store: shared, port: 0, host: '127.0.0.1', keyPepper: pepper }
    const server = await createChatServer(options)
    onTestFinished(() => server.close())
    const socket = new TestSocket(io(server.url, { auth: ann, forceNew: true, reconnection: false }))
    onTestFinished(() => void socket.socket.disconnect())
    const [frame] = await socket.heard(1)
    return frame
  }
  expect(await enter(keyPepper)).toMatchObject(['hello', { user_id: 'ann' }])
  expect(await enter('another pepper')).toMatchObject(['connect_error', { code: 'unauthenticated' }])
})
