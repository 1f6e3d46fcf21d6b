import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat } from '../src/testing/connect.ts'
import { secret, sign } from './support/foreign-tokens.ts'
import {
  enter,
  enterAsGuest,
  guestWithTicket,
  logIn,
  playGuestCalls,
  playGuestJourney,
  refusalOf,
} from './support/guest-journey.ts'

const guest = { protocol: 1, workspace_id: 'demo', guest: true }
const tokens = { secrets: [secret] }

it('[GU1] lets somebody in under an id that the server makes, with a name and little else', async () => {
  const chat = await openChat(onTestFinished, { tokens })
  const { hello } = await enterAsGuest(chat, { name: ' Gus\u200b ', role: 'admin', user_id: 'root' })
  expect(hello).toMatchObject({ workspace_id: 'demo', role: 'customer', name: 'Gus', is_guest: true })
  expect(hello.user_id).toMatch(/^guest:[0-9a-f-]{36}$/)
  expect(hello.guest_token).toEqual(expect.any(String))
  for (const name of ['get_users', 'update_me', 'create_topic']) expect(hello.can).not.toContain(name)
  const another = await enterAsGuest(chat)
  expect(another.hello.user_id).not.toBe(hello.user_id)
})

it.each<[string, object]>([
  ['where there are none', { workspace_id: 'other' }],
  ['in a workspace that is none', { workspace_id: 'nowhere' }],
  ['without a workspace', { workspace_id: undefined }],
  ['by anything but true', { guest: 'yes' }],
  ['with a token that is none', { guest_token: 'x.y.z' }],
  ['with a list for a token', { guest_token: ['x'] }],
  ['with a very long token', { guest_token: 'x'.repeat(10_000) }],
])('[GU1] refuses a guest %s', async (_how, auth) => {
  const chat = await openChat(onTestFinished, { tokens })
  expect(await refusalOf(chat, { ...guest, ...auth })).toMatchObject({ code: 'unauthenticated' })
})

it('[GU2] knows its own guest tokens only: of this server, of this workspace, for guests', async () => {
  const chat = await openChat(onTestFinished, { tokens })
  const both = await openChat(onTestFinished, {
    tokens,
    workspaces: [
      { id: 'demo', keys: ['demo-key'], guests: true },
      { id: 'shop', keys: ['shop-key'], guests: true },
    ],
    v2: { workspace: 'demo' },
    keyPepper: 'another pepper than that of the first',
  })
  const { hello } = await enterAsGuest(chat)
  const { guest_token = '', user_id } = hello
  const [head, , seal] = guest_token.split('.')
  const claims = Buffer.from(JSON.stringify({ sub: 'guest:x', workspace_id: 'demo' })).toString('base64url')
  for (const wrong of [sign({ sub: user_id }), `${head}.${claims}.${seal}`])
    expect(await refusalOf(chat, { ...guest, guest_token: wrong })).toMatchObject({ code: 'unauthenticated' })
  expect(await refusalOf(both, { ...guest, guest_token })).toMatchObject({ code: 'unauthenticated' })
  const { hello: ofDemo } = await enterAsGuest(both)
  const elsewhere = { ...guest, workspace_id: 'shop', guest_token: ofDemo.guest_token }
  expect(await refusalOf(both, elsewhere)).toMatchObject({ code: 'unauthenticated' })
  expect(await refusalOf(chat, { protocol: 1, token: guest_token })).toMatchObject({
    code: 'unauthenticated',
  })
})

it('[GU2] keeps a guest over a restart, and renews the token with each hello', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const shared = { ...store, close: async () => {} }
  const options = { tokens, store: shared, keyPepper: 'a pepper that outlives the server' }
  const first = await openChat(onTestFinished, options)
  const { hello } = await enterAsGuest(first)
  await first.close()
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const day = 24 * 60 * 60 * 1_000
  const again = await openChat(onTestFinished, options)
  let { guest_token } = hello
  for (const _ of [1, 2]) {
    vi.setSystemTime(Date.now() + 89 * day)
    const { hello: next } = await enterAsGuest(again, { guest_token })
    expect(next.user_id).toBe(hello.user_id)
    guest_token = next.guest_token
  }
  vi.setSystemTime(Date.now() + 91 * day)
  expect(await refusalOf(again, { ...guest, guest_token })).toMatchObject({ code: 'unauthenticated' })
})

it('[GU3, GU4] keeps the ticket over a reload and a log-in in two tabs at once', async () => {
  const chat = await openChat(onTestFinished, { tokens })
  await playGuestJourney(chat, chat)
})

it('[GU3] makes a guest one user for ever, whoever comes with the token later', async () => {
  const chat = await openChat(onTestFinished, { tokens })
  const { guest_token, user_id } = await guestWithTicket(chat)
  const both = await Promise.all(['ann', 'ben'].map((name) => logIn(chat, name, { guest_token })))
  const owners = both.filter(({ hello }) => hello.guest_ids.length > 0)
  expect(owners.map(({ hello }) => hello.guest_ids)).toEqual([[user_id]])
  const { hello } = await logIn(chat, owners[0]?.hello.user_id === 'ann' ? 'ben' : 'ann', { guest_token })
  expect(hello.guest_ids).toEqual([])
})

it('[GU3] ignores a guest token beside a valid one where it is not valid', async () => {
  const chat = await openChat(onTestFinished, { tokens })
  const { hello } = await logIn(chat, 'ann', { guest_token: 'nonsense' })
  expect(hello).toMatchObject({ user_id: 'ann', guest_ids: [] })
})

it('[GU4] shows the messages of a guest to the user as their own, and to agents as before', async () => {
  const chat = await openChat(onTestFinished, { tokens })
  const { entered, ticket, guest_token, user_id } = await guestWithTicket(chat)
  const message = { ticket_id: ticket._id, message_data: 'Hello', cid: randomUUID() }
  await entered.socket.request('ticket_message_event', message)
  const ann = await logIn(chat, 'ann', { guest_token })
  const { entries } = await ann.socket.request('join_ticket', { ticket_id: ticket._id })
  expect(entries).toMatchObject([{ author: user_id, display_name: 'Gus' }])
  const agent = await enter(chat, { protocol: 1, token: sign({ sub: 'mia', role: 'agent' }) })
  expect(await agent.socket.request('get_tickets', {})).toMatchObject({ tickets: [{ user_id }] })
})

it('[CA27] has the calls of a guest in the history of the user, and names the user to the other party', async () => {
  const chat = await openChat(onTestFinished, { tokens, limits: { callGraceMs: 1_000 } })
  await playGuestCalls(chat, chat)
})

it('[GU4] keeps what is another’s from who was a guest', async () => {
  const chat = await openChat(onTestFinished, { tokens })
  const { ticket } = await guestWithTicket(chat)
  const { hello } = await enterAsGuest(chat)
  const ben = await logIn(chat, 'ben', { guest_token: hello.guest_token })
  expect(ben.hello.guest_ids).toEqual([hello.user_id])
  const own = await ben.socket.ask('get_ticket_messages', { ticket_id: ticket._id })
  const missing = await ben.socket.ask('get_ticket_messages', { ticket_id: randomUUID() })
  const shown = (answer: unknown) => JSON.stringify(answer).replace(/Ticket \S+/g, 'Ticket x')
  expect(shown(own)).toBe(shown(missing))
})

it('[GU5] makes no row for who only connects', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const chat = await openChat(onTestFinished, { tokens, store })
  const { hello } = await enterAsGuest(chat, { name: 'Gus' })
  const ann = await logIn(chat, 'ann')
  await expect.poll(() => store.users.get('demo', ['ann'])).toHaveLength(1)
  expect(await store.users.get('demo', [hello.user_id])).toEqual([])
  expect(await store.aliases.list('demo', 'ann', { limit: 9 })).toEqual([])
  expect(ann.hello.guest_ids).toEqual([])
})
