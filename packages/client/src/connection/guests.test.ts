import { expect, it, onTestFinished, vi } from 'vitest'
import { createChatClient } from '../client.ts'
import { until } from '../testing/chat.ts'
import { fakeLocks } from '../testing/fake-locks.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'
import type { ChatAuth } from './auth.ts'
import type { ChatStorage } from './guest-tokens.ts'

const isOnline = ({ status }: { status: string }) => status === 'online'
const guest = { guest: true, workspace_id: 'demo' } as const

/** A server that gives each new guest a token, and knows which of them are dead. */
async function openGuests() {
  const dead = new Set<unknown>()
  let made = 0
  const fake = await openFakeServer({
    admit({ guest_token, token, workspace_id = 'demo' }) {
      const id = typeof guest_token === 'string' && !dead.has(guest_token) ? guest_token.slice(6) : undefined
      if (token) return helloOf('ann', { workspace_id, guest_ids: id ? [id] : [] })
      if (guest_token && !id) return refusalOf('unauthenticated')
      const user_id = id ?? `guest:${++made}`
      return helloOf(user_id, { workspace_id, is_guest: true, guest_token: `token ${user_id}` })
    },
  })
  return { ...fake, dead }
}

/** A storage that takes its time. */
function storageOf(content = new Map<string, string>()) {
  const turn = <T>(result: T) => new Promise<T>((resolve) => setTimeout(() => resolve(result)))
  const storage: ChatStorage = {
    get: (key) => turn(content.get(key)),
    set: (key, value) => turn(content.set(key, value)),
    remove: (key) => turn(content.delete(key)),
  }
  return { content, storage, kept: () => [...content.values()].map((text) => JSON.parse(text) as object) }
}

async function enter(url: string, auth: ChatAuth, storage?: ChatStorage) {
  const client = createChatClient({ url, auth, ...(storage && { storage }) })
  onTestFinished(() => client.close())
  client.connect()
  const { session } = await until(client.connection, isOnline)
  return { client, session }
}

it('[SE11] comes back as the same guest after a reload, by a token in the storage', async () => {
  const { url, handshakes } = await openGuests()
  const { storage, content, kept } = storageOf()
  const { client, session } = await enter(url, { ...guest, name: 'Gus' }, storage)
  expect(session).toMatchObject({ user_id: 'guest:1', is_guest: true })
  await expect.poll(kept).toEqual([{ demo: 'token guest:1' }])
  expect([...content.keys()]).toEqual([`dowellchat guests ${url}`])
  client.close()

  const again = await enter(url, guest, storage)
  expect(again.session?.user_id).toBe('guest:1')
  expect(handshakes[0]).toEqual({ guest: true, workspace_id: 'demo', name: 'Gus', ...sent })
  expect(handshakes[1]).toEqual({ guest: true, workspace_id: 'demo', guest_token: 'token guest:1', ...sent })
})

const sent = { protocol: 1, device_id: expect.any(String) as string }

it('[SE11] is one guest in two tabs that open at once, also where a busy browser tells one late what the other stores', async () => {
  vi.stubGlobal('window', globalThis)
  onTestFinished(() => void vi.unstubAllGlobals())
  const { url } = await openGuests()
  const locks = fakeLocks()
  const content = new Map<string, string>()
  /** A tab sees at once what it stores itself, and others later. */
  async function enterInTab() {
    locks.openTab()
    const own = new Map<string, string>()
    const storage: ChatStorage = {
      get: async (key) => own.get(key) ?? content.get(key),
      async set(key, value) {
        own.set(key, value)
        setTimeout(() => content.set(key, value), 1_500)
      },
      remove: async (key) => content.delete(key),
    }
    const { session } = await enter(url, guest, storage)
    return session?.user_id
  }
  expect(await Promise.all([enterInTab(), enterInTab()])).toEqual(['guest:1', 'guest:1'])
})

it('[SE11] is another guest in another workspace, and keeps both', async () => {
  const { url } = await openGuests()
  const { storage, kept } = storageOf()
  await enter(url, guest, storage)
  const { session } = await enter(url, { ...guest, workspace_id: 'other' }, storage)
  expect(session?.user_id).toBe('guest:2')
  await expect.poll(kept).toEqual([{ demo: 'token guest:1', other: 'token guest:2' }])
})

it.each<[string, ChatStorage | undefined]>([
  ['there is no storage', undefined],
  [
    'the storage fails',
    {
      get: () => Promise.reject(new Error('closed')),
      set: () => Promise.reject(new Error('full')),
      remove: () => Promise.reject(new Error('closed')),
    },
  ],
  [
    'the storage has something else',
    { get: async () => '[1, {"demo": 2', set: async () => {}, remove: async () => {} },
  ],
])('[SE11] stays the same guest over a reconnect where %s', async (_what, storage) => {
  const { url, sockets, handshakes } = await openGuests()
  const { client } = await enter(url, guest, storage)
  sockets[0]?.conn.close()
  await expect.poll(() => handshakes.length).toBe(2)
  const { session } = await until(client.connection, isOnline)
  expect(session?.user_id).toBe('guest:1')
})

it.each<[string, ChatAuth]>([
  ['that names its workspace', { token: 'a', workspace_id: 'demo' }],
  ['whose workspace only the server knows', { getToken: async () => 'a' }],
])('[SE12] brings the guest along to a log-in %s, and then forgets the guest token', async (_which, auth) => {
  const { url, handshakes } = await openGuests()
  const { storage, content } = storageOf()
  const { client } = await enter(url, guest, storage)
  await expect.poll(() => content.size).toBe(1)
  client.close()
  const { client: ann, session } = await enter(url, auth, storage)
  expect(session).toMatchObject({ user_id: 'ann', guest_ids: ['guest:1'] })
  expect(handshakes[1]).toMatchObject({ token: 'a', guest_token: 'token guest:1' })
  await expect.poll(() => content.size).toBe(0)
  ann.close()
  await enter(url, auth, storage)
  expect(handshakes[2]).not.toHaveProperty('guest_token')
})

it('[SE12] keeps the guest of another workspace', async () => {
  const { url, handshakes } = await openGuests()
  const { storage, kept } = storageOf()
  await enter(url, guest, storage)
  await expect.poll(kept).toHaveLength(1)
  await enter(url, { token: 'a', workspace_id: 'other' }, storage)
  expect(handshakes[1]).not.toHaveProperty('guest_token')
  expect(kept()).toEqual([{ demo: 'token guest:1' }])
})

it('[SE13] becomes a new guest where the kept token is dead', async () => {
  const { url, dead, handshakes } = await openGuests()
  const { storage, kept } = storageOf()
  const { client } = await enter(url, guest, storage)
  await expect.poll(kept).toHaveLength(1)
  client.close()
  dead.add('token guest:1')
  const { session } = await enter(url, guest, storage)
  expect([session?.user_id, handshakes.length]).toEqual(['guest:2', 3])
  await expect.poll(kept).toEqual([{ demo: 'token guest:2' }])
})

it('[SE13] is refused when its token dies while it is this guest, and nobody else’s', async () => {
  const { url, dead, handshakes, sockets } = await openGuests()
  const { storage, content } = storageOf()
  const { client } = await enter(url, guest, storage)
  await expect.poll(() => content.size).toBe(1)
  dead.add('token guest:1')
  sockets[0]?.conn.close()
  const { error, session } = await until(client.connection, ({ status }) => status === 'refused')
  expect([error?.code, session?.user_id, handshakes.length]).toEqual(['unauthenticated', 'guest:1', 2])
  expect(content.size).toBe(0)
})

it('[SE14] shows what one wrote as a guest as one’s own', async () => {
  const message = (seq: number, author: string) => ({
    ...{ _id: `id${seq}`, stream: 'room:r', seq, nth: seq, type: 'message', kind: 'text', cid: `c${seq}` },
    ...{ message_data: 'Hi', author, display_name: null, reply_to: null, client_created_at: null },
    created_at: '2026-01-01T00:00:00.000Z',
  })
  const entries = ['guest:1', 'guest:2', 'ann', 'bob'].map((author, n) => message(n + 1, author))
  const head = { seq: 4, nth: 4, id: 'id4' }
  const page = { stream: 'room:r', epoch: 'e', head, first_seq: 1, entries, more: false }
  const { url, sockets } = await openFakeServer({
    admit: (_auth, n) => helloOf('ann', { guest_ids: n === 1 ? ['guest:1'] : ['guest:1', 'guest:2'] }),
    answers: {
      join: ({ position }: { position?: object }) => ({ ...page, entries: position ? [] : entries }),
    },
  })
  const { client } = await enter(url, { token: 'a' })
  const room = client.rooms.messages('r')
  onTestFinished(room.retain())
  const own = () => room.getSnapshot().messages.map(({ isOwn }) => isOwn)
  await expect.poll(own).toEqual([true, false, true, false])
  // Another tab has brought another guest along.
  sockets[0]?.conn.close()
  await expect.poll(own).toEqual([true, true, true, false])
  await until(room, ({ sync }) => sync === 'live')
  const { messages } = room.getSnapshot()
  sockets[1]?.conn.close()
  await expect.poll(() => sockets.length).toBe(3)
  await until(room, ({ sync }) => sync === 'live')
  expect(room.getSnapshot().messages).toBe(messages)
})
