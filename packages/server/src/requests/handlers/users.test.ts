import { randomUUID } from 'node:crypto'
import { limits, type User } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { type Auth, openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'
import { range } from '../../testing/store-cases/making.ts'
import { seen } from '../../testing/store-cases/users.ts'

const other = { workspace_id: 'other', api_key: 'other-key' }

async function idsOf(socket: TestSocket, payload: object): Promise<string[]> {
  return (await socket.request('get_users', payload as { text: string })).users.map(({ user_id }) => user_id)
}

/** Connects people and waits until their rows are written, a second later. */
async function known(chat: TestChat, names: readonly string[], auth: Auth = {}): Promise<TestSocket[]> {
  const sockets = await Promise.all(
    names.map((name) => chat.connect(name, { name: `${name} name`, ...auth })),
  )
  const agent = await chat.connect('agent', { ...auth, role: 'agent' })
  await expect.poll(() => idsOf(agent, { user_ids: names })).toEqual(names)
  return sockets
}

it('[US1] keeps a row for everybody who connects with an identity, with their name and when they came', async () => {
  const chat = await openChat(onTestFinished)
  const from = Date.now() - 1
  const [ann] = await known(chat, ['ann'])
  await chat.connectV2()
  const { users, more } = await (ann as TestSocket).request('get_users', { user_ids: ['ann'] })
  expect([users.length, more]).toEqual([1, false])
  const [{ last_seen_at, created_at, ...user }] = users as [User]
  expect(user).toEqual({
    _id: expect.any(String) as string,
    user_id: 'ann',
    name: 'ann name',
    picture: null,
    metadata: {},
  })
  for (const time of [created_at, last_seen_at]) expect(Date.parse(time ?? '')).toBeGreaterThan(from)
})

it('[US1] writes nobody more than once a minute, behind the handshake, and everybody when it closes', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const written: string[][] = []
  const users = {
    ...store.users,
    see(workspaceId: string, some: Parameters<typeof store.users.see>[1]) {
      written.push(some.map(({ user_id }) => user_id))
      return store.users.see(workspaceId, some)
    },
  }
  const chat = await openChat(onTestFinished, { store: { ...store, users, close: async () => {} } })
  const startedAt = performance.now()
  for (const _ of range(1, 5)) await chat.connect('ann')
  await chat.connect('ben')
  // They are written a second after the first has come: on a slow machine that may be before the last.
  const areTogether = performance.now() - startedAt < 1_000
  if (areTogether) expect(written).toEqual([])
  await expect.poll(() => written.flat()).toEqual(['ann', 'ben'])
  if (areTogether) expect(written).toHaveLength(1)
  await chat.connect('ann')
  await chat.connect('ann', { name: 'Ann' })
  await chat.close()
  expect(written.flat()).toEqual(['ann', 'ben', 'ann'])
  expect(await store.users.get('demo', ['ann'])).toMatchObject([{ name: 'Ann' }])
})

it('[US1] lets people in while their rows cannot be written', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const users = { ...store.users, see: () => Promise.reject(new Error('the disk is full')) }
  const lines: string[] = []
  const log = (_fields: object, message: string) => void lines.push(message)
  const chat = await openChat(onTestFinished, {
    store: { ...store, users },
    logger: { info: log, warn: log, error: log },
  })
  const ann = await chat.connect('ann')
  await expect.poll(() => lines).toContain('Who has connected could not be written')
  expect(await ann.request('get_all_topics', {})).toEqual([])
})

it('[US2] answers the users of the ids, in their order, and those whose names begin so', async () => {
  const chat = await openChat(onTestFinished)
  await known(chat, ['zoe', 'ann', 'anna', 'ben'])
  const agent = await chat.connect('agent', { role: 'agent' })
  expect(await idsOf(agent, { user_ids: ['ben', 'nobody', 'zoe'] })).toEqual(['ben', 'zoe'])
  expect(await idsOf(agent, { text: 'AN' })).toEqual(['ann', 'anna'])
  const first = await agent.request('get_users', { text: 'an', limit: 1 })
  expect([first.users.map(({ user_id }) => user_id), first.more]).toEqual([['ann'], true])
  expect(await idsOf(agent, { text: 'an', limit: 1, before: 'ann' })).toEqual(['anna'])
  for (const wrong of [{}, { text: 'a', user_ids: ['ann'] }, { user_ids: [] }, { text: '' }])
    expect(await agent.refusal('get_users', wrong)).toBe('invalid_payload')
})

it('[US2] answers no more than 256 KiB, and says that there is more', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const metadata = { text: 'x'.repeat(4_000) }
  const names = range(1, 100).map((n) => `user ${n}`)
  for (const name of names) await store.users.update('demo', seen(name), { metadata })
  const chat = await openChat(onTestFinished, { store })
  const agent = await chat.connect('agent', { role: 'agent' })
  const met: string[] = []
  for (let left = names; left.length > 0; ) {
    const answer = await agent.request('get_users', { user_ids: left })
    expect(JSON.stringify(answer).length).toBeLessThan(limits.users_bytes + 100)
    met.push(...answer.users.map(({ user_id }) => user_id))
    left = answer.more ? names.slice(names.indexOf(met.at(-1) ?? '') + 1) : []
  }
  expect(met).toEqual(names)
})

it('[US3] shows customers those they share a ticket or a room with, unknown and unseen ones alike', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await known(chat, ['ann', 'ben', 'eve'], other)) as [TestSocket, TestSocket]
  expect(await idsOf(ann, { user_ids: ['ann', 'ben', 'eve', 'nobody'] })).toEqual(['ann'])
  expect(await ann.refusal('get_users', { text: 'ben' })).toBe('forbidden')

  const admin = await chat.connect('root', { ...other, role: 'admin' })
  await admin.request('create_room', { kind: 'members', members: ['ann', 'ben'], cid: randomUUID() })
  expect(await idsOf(ann, { user_ids: ['ben', 'eve'] })).toEqual(['ben'])
  expect(await idsOf(ben, { user_ids: ['ann', 'eve'] })).toEqual(['ann'])
  // A workspace may let its customers meet anybody.
  const [zoe] = (await known(chat, ['zoe', 'eve'])) as [TestSocket]
  expect(await idsOf(zoe, { user_ids: ['eve'] })).toEqual(['eve'])
  expect(await idsOf(zoe, { text: 'eve' })).toEqual(['eve'])
})

it('[US4] changes what others see of oneself, and tells those who have asked for it', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await known(chat, ['ann', 'ben', 'zoe'])) as [TestSocket, TestSocket]
  const [tablet, stranger] = [await chat.connect('ann'), await chat.connect('zoe')]
  await ben.request('get_users', { user_ids: ['ann'] })
  const change = { name: 'Ann B.', picture: 'https://example.org/a.png', metadata: { team: 'blue' } }
  const user = await ann.request('update_me', change)
  expect(user).toMatchObject({ user_id: 'ann', ...change })
  for (const socket of [ann, tablet, ben]) expect(await socket.first('user_updated')).toEqual({ data: user })
  expect((await stranger.heard()).filter(([event]) => event === 'user_updated')).toEqual([])

  expect(await ann.request('update_me', {})).toMatchObject(change)
  const removed = await ann.request('update_me', { name: null, picture: null })
  expect(removed).toMatchObject({ name: null, picture: null, metadata: change.metadata })
  for (const wrong of [
    { name: ' ' },
    { picture: 'javascript:alert(1)' },
    { picture: `https://x/${'x'.repeat(limits.picture_length)}` },
    { metadata: { text: 'x'.repeat(limits.metadata_bytes) } },
    { metadata: [] },
  ])
    expect(await ann.refusal('update_me', wrong)).toBe('invalid_payload')
})

it('[US4] tells those who asked before there was anything to answer', async () => {
  const chat = await openChat(onTestFinished)
  const ben = await chat.connect('ben')
  expect(await ben.request('get_users', { user_ids: ['ann'] })).toEqual({ users: [], more: false })
  const ann = await chat.connect('ann')
  const user = await ann.request('update_me', { name: 'Ann' })
  expect(await ben.first('user_updated')).toEqual({ data: user })
})

it('[US4] keeps a change over the next connection, until that says something new', async () => {
  const chat = await openChat(onTestFinished)
  const [ann] = (await known(chat, ['ann'])) as [TestSocket]
  await ann.request('update_me', { name: 'Anna' })
  const nameOf = async () => (await ann.request('get_users', { user_ids: ['ann'] })).users[0]?.name
  await chat.connect('ann', { name: 'ann name' })
  expect(await nameOf()).toBe('Anna')
  await chat.connect('ann', { name: 'Ann C.' })
  await expect.poll(nameOf).toBe('Ann C.')
})

it('[US5] lets no call of somebody who is blocked through: for them one is offline', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, eve] = [await chat.connect('ann'), await chat.connect('eve')]
  const call = (to: string) => ({ userToCall: to, signalData: 'x', cid: randomUUID() })
  const block = await ann.request('block_user', { user_id: 'eve' })
  expect(await ann.request('block_user', { user_id: 'eve' })).toEqual(block)
  const refused = await eve.ask('callUser', call('ann'))
  const offline = await eve.ask('callUser', call('bob'))
  const shown = (answer: unknown) => JSON.stringify(answer).replace(/ann|bob/g, 'x')
  expect(shown(refused)).toBe(shown(offline))
  expect((await ann.heard()).filter(([event]) => event !== 'block_changed')).toEqual([])
  const { callId } = await ann.request('callUser', call('eve'))
  await ann.request('endCall', { callId })

  expect(await ann.request('unblock_user', { user_id: 'eve' })).toEqual({ user_id: 'eve' })
  expect(await ann.request('unblock_user', { user_id: 'eve' })).toEqual({ user_id: 'eve' })
  expect(await eve.request('callUser', call('ann'))).toHaveProperty('callId')
})

it('[US5] lists whom one has blocked, the last one first, in pages', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const blocked = ['u1', 'u2', 'u3']
  for (const user_id of blocked) {
    await ann.request('block_user', { user_id })
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const page = async (payload: object) => {
    const { blocked_users, more } = await ann.request('get_blocked_users', payload)
    return [...blocked_users.map(({ user_id }) => user_id), more]
  }
  expect(await page({ limit: 2 })).toEqual(['u3', 'u2', true])
  expect(await page({ limit: 2, before: 'u2' })).toEqual(['u1', false])
  expect(await page({ before: 'nobody' })).toEqual([false])
  expect(await ben.request('get_blocked_users', {})).toEqual({ blocked_users: [], more: false })
  expect(await ann.refusal('block_user', { user_id: 'ann' })).toBe('invalid_payload')
})

it('[US6] lets neither write in the direct room of two of whom one has blocked the other', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, eve] = [await chat.connect('ann'), await chat.connect('eve')]
  const { _id: room_id } = await ann.request('create_room', {
    kind: 'direct',
    members: ['eve'],
    cid: randomUUID(),
  })
  const message = () => ({ room_id, message_data: 'Hello', cid: randomUUID() })
  await ann.request('block_user', { user_id: 'eve' })
  for (const socket of [ann, eve]) expect(await socket.refusal('message_event', message())).toBe('forbidden')
  await ann.request('unblock_user', { user_id: 'eve' })
  for (const socket of [ann, eve])
    expect(await socket.request('message_event', message())).toMatchObject({ message_data: 'Hello' })
})
