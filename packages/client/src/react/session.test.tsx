import { type ReactNode, StrictMode, useState } from 'react'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { ChatClient } from '../client.ts'
import { type ChatAuth, identityOf } from '../connection/auth.ts'
import { authOf, openClient } from '../testing/chat.ts'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'
import { ChatProvider, type ChatProviderProps, useChatClient } from './chat-provider.tsx'
import { mount, mountHook } from './testing/mount.tsx'
import { useSession } from './use-session.ts'

/** A token with these claims, as a server signs it. */
function tokenOf(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256' })}.${part(claims)}.signature`
}

/** A page below a provider in StrictMode, the clients that it has had, and a function to change the provider's props. */
function mountPage(first: ChatProviderProps) {
  const clients: ChatClient[] = []
  let change: (props: ChatProviderProps) => void = () => {}
  function Probe(): null {
    const client = useChatClient()
    if (clients.at(-1) !== client) clients.push(client)
    return null
  }
  function Page(): ReactNode {
    const [props, set] = useState(first)
    change = set
    return (
      <ChatProvider {...props}>
        <Probe />
      </ChatProvider>
    )
  }
  mount(
    <StrictMode>
      <Page />
    </StrictMode>,
  )
  return {
    clients,
    change: (props: ChatProviderProps) => change(props),
    status: () => clients.at(-1)?.connection.getSnapshot().status,
  }
}

const key = { workspace_id: 'demo', api_key: 'demo-key' }

it.each<[string, ChatAuth, ChatAuth]>([
  ['another name', { ...key, user_id: 'ann' }, { ...key, user_id: 'ann', name: 'Anna' }],
  ['another key', { ...key, user_id: 'ann' }, { ...key, api_key: 'new', user_id: 'ann' }],
  [
    'another token of the same user',
    { token: tokenOf({ sub: 'ann', iat: 1 }) },
    { token: tokenOf({ sub: 'ann', iat: 2 }) },
  ],
  ['another getToken', { getToken: async () => 'a' }, { getToken: async () => 'b' }],
  [
    'a getToken instead of a token of the same user',
    { token: tokenOf({ sub: 'änn', workspace_id: 'demo' }) },
    { getToken: async () => 'b', user_id: 'änn', workspace_id: 'demo' },
  ],
  [
    'another name of a guest',
    { guest: true, workspace_id: 'demo' },
    { guest: true, workspace_id: 'demo', name: 'Gus' },
  ],
])('[SE9] keeps the client, its socket and its rooms for %s', async (_what, auth, next) => {
  const { getToken, user_id = 'ann', ...rest } = { getToken: undefined, user_id: undefined, ...next }
  const { url, handshakes, sockets } = await openFakeServer({ admit: () => helloOf(user_id) })
  const page = mountPage({ url, auth })
  await expect.poll(page.status).toBe('online')
  const lobby = page.clients.at(-1)?.rooms.messages('lobby')
  const before = page.clients.length
  page.change({ url, auth: next, calls: { iceServers: [{ urls: 'stun:example.org' }] } })
  sockets[0]?.conn.close()
  await expect.poll(() => handshakes.length).toBe(2)
  await expect.poll(page.status).toBe('online')
  expect(page.clients).toHaveLength(before)
  expect(page.clients.at(-1)?.rooms.messages('lobby')).toBe(lobby)
  // What has changed goes along with the next connect.
  expect(handshakes[1]).toMatchObject(getToken ? { token: 'b' } : rest)
})

it.each<[string, ChatAuth, ChatAuth]>([
  ['another user', { ...key, user_id: 'ann' }, { ...key, user_id: 'bob' }],
  ['another workspace', { ...key, user_id: 'ann' }, { ...key, workspace_id: 'other', user_id: 'ann' }],
  ['a token of another user', { token: tokenOf({ sub: 'ann' }) }, { token: tokenOf({ sub: 'bob' }) }],
  [
    'the tokens of another user',
    { getToken: async () => 'a', user_id: 'ann' },
    { getToken: async () => 'b', user_id: 'bob' },
  ],
  ['a user instead of a guest', { guest: true, workspace_id: 'demo' }, { token: tokenOf({ sub: 'ann' }) }],
])('[SE9] makes another client for %s, and closes the first', async (_what, auth, next) => {
  let user = 'ann'
  const { url, sockets } = await openFakeServer({ admit: () => helloOf(user) })
  const page = mountPage({ url, auth })
  await expect.poll(page.status).toBe('online')
  const before = page.clients.length
  user = 'bob'
  page.change({ url, auth: next })
  await expect.poll(() => page.clients.length).toBeGreaterThan(before)
  if ('user_id' in next || 'token' in next) await expect.poll(() => sockets.length).toBe(2)
  await expect.poll(() => sockets.map(({ connected }) => connected)).toEqual([false, true])
})

it('[SE9] knows whose a token is also without `atob` and `TextDecoder`, as in React Native', () => {
  for (const name of ['atob', 'TextDecoder']) vi.stubGlobal(name, undefined)
  onTestFinished(() => void vi.unstubAllGlobals())
  const of = { workspace_id: 'demo' }
  for (const user_id of ['a', 'an', 'ann', 'änn', '日本', '🐈', 'ÿ~?>', '"\\u00e4"'])
    expect(identityOf({ token: tokenOf({ sub: user_id, ...of }) })).toBe(
      identityOf({ getToken: async () => '', user_id, ...of }),
    )
  const unknown = JSON.stringify(['user', null, null])
  for (const token of ['', 'no token', 'a.b.c', 'a.=ä%.c', tokenOf([]), 'a.bnVsbA.c'])
    expect(identityOf({ token })).toBe(unknown)
})

it('[SE15] says who one is and what one may do, and renders again when a renewal changes it', async () => {
  const hello = { can: ['join', 'message_event'], name: 'Ann' }
  let renewed = helloOf('ann', hello)
  const { url, sockets, received } = await openFakeServer({
    admit: () => helloOf('ann', hello),
    answers: { renew_token: () => renewed },
  })
  const client = openClient(url, 'ann')
  const hook = mountHook(client, () => useSession())
  const nobody = { workspace_id: null, user_id: null, name: null, role: null, is_guest: false }
  expect(hook.answers[0] ?? nobody).toMatchObject(nobody)
  await expect.poll(() => hook.answer?.user_id).toBe('ann')
  expect(hook.answers[0]?.can('join')).toBe(false)
  expect(hook.answer).toMatchObject({ workspace_id: 'demo', name: 'Ann', role: 'customer', is_guest: false })
  expect([hook.answer?.can('join'), hook.answer?.can('create_topic')]).toEqual([true, false])

  const before = hook.renders
  client.update({ auth: authOf('ann') })
  sockets[0]?.emit('hello', renewed)
  renewed = helloOf('ann', { can: ['join', 'create_topic'], role: 'admin', name: 'Ann' })
  sockets[0]?.emit('hello', renewed)
  await expect.poll(() => hook.answer?.role).toBe('admin')
  expect(hook.renders).toBe(before + 1)
  expect([hook.answer?.can('message_event'), hook.answer?.can('create_topic')]).toEqual([false, true])
  expect(received).toEqual([])
})
