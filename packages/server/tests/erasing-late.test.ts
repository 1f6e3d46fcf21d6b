import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { type Auth, entriesIn, openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { eraseAll, exportAll, operatorAuth } from './support/erasing.ts'
import { now, secret, sign } from './support/foreign-tokens.ts'
import { describeTwoServers } from './support/two-servers.ts'

const keyPepper = 'the pepper of both servers'
const tokens = { secrets: [secret] }
const canary = 'ann-canary'

async function enter(chat: TestChat, sub: string, iat = now() - 10, more: Auth = {}): Promise<TestSocket> {
  const socket = chat.open({ protocol: 1, token: sign({ sub, name: `${sub} by name`, iat }), ...more })
  await socket.first('hello')
  return socket
}

/** A guest becomes the person, whom the server then knows as both; answers the guest's token. */
async function becomeUser(chat: TestChat): Promise<string | undefined> {
  const guest = chat.open({ protocol: 1, workspace_id: 'demo', guest: true })
  const { guest_token } = await guest.first('hello')
  await enter(chat, canary, now() - 10, { guest_token })
  const { guest_ids } = await (await enter(chat, canary)).first('hello')
  expect(guest_ids).toHaveLength(1)
  return guest_token
}

async function expectNoGuest(chat: TestChat): Promise<void> {
  const again = await enter(chat, canary, now() + 1)
  expect((await again.first('hello')).guest_ids).toEqual([])
  // It is not ended as older than what its user has become.
  await again.settle()
}

/** What a store has of the person. */
async function kept(store: Store): Promise<string[]> {
  const { rows } = await store.personal.read('demo', [canary], null)
  return rows.map(({ collection }) => collection)
}

/** A server whose store stays open when it closes. */
async function openOne() {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const auth = await operatorAuth(store, keyPepper, ['export', 'erase', 'revoke'])
  const chat = await openChat(onTestFinished, {
    store: { ...store, close: async () => {} },
    keyPepper,
    tokens,
  })
  return { store, chat, operator: await chat.connect('root', auth) }
}

it('[PD1] exports also what this server has not written yet', async () => {
  const { chat, operator } = await openOne()
  await enter(chat, canary)
  const rows = await exportAll(operator, canary)
  expect(rows.map(({ collection, row }) => [collection, row.user_id])).toEqual([['users', canary]])
})

it('[PD2] erases also what this server has not written yet, and writes nothing of the person later', async () => {
  const { store, chat, operator } = await openOne()
  const ann = await enter(chat, canary)
  // Both are noted behind the requests: who was refused, and whose ticket was closed.
  expect(await ann.refusal('create_topic', { name: 'x', cid: randomUUID() })).toBe('forbidden')
  await ann.refusal('close_ticket', { ticket_id: 'none' })
  ann.emit('message_event', { room_id: 'r', message_data: canary, cid: randomUUID() })
  await eraseAll(operator, canary)
  await ann.closed()
  // Closing writes what waits.
  await chat.close()
  expect(await kept(store)).toEqual([])
})

it('[PD2] keeps a row of somebody who comes again after the erasure', async () => {
  const { store, chat, operator } = await openOne()
  await enter(chat, canary)
  await eraseAll(operator, canary)
  await enter(chat, canary, now() + 1)
  await chat.close()
  expect((await store.users.get('demo', [canary])).map(({ user_id }) => user_id)).toEqual([canary])
})

it('[PD2] leaves nothing of a person, or of the guest whom they were, in what servers tell each other', async () => {
  const { store, chat, operator } = await openOne()
  const guest = chat.open({ protocol: 1, workspace_id: 'demo', guest: true })
  const { user_id, guest_token } = await guest.first('hello')
  await chat.open({ protocol: 1, token: sign({ sub: canary }), guest_token }).first('hello')
  await operator.request('revoke_sessions', { user_id: canary })
  const changes = async () => JSON.stringify(await store.changes.after(0))
  expect(await changes()).toContain(user_id)
  await eraseAll(operator, canary)
  expect(await changes()).not.toMatch(new RegExp(`${canary}|${user_id}`))
})

it('[PD2] takes somebody who comes again after the erasure for none of the guests whom they were', async () => {
  const { chat, operator } = await openOne()
  const guest_token = await becomeUser(chat)
  await eraseAll(operator, canary)
  await expectNoGuest(chat)
  const again = await enter(chat, canary, now() + 1, { guest_token })
  expect((await again.first('hello')).guest_ids).toEqual([])
})

describeTwoServers('two servers on one MongoDB', ({ newUrl, open }) => {
  /** Two servers, their store, and an operator at the first of them. */
  async function openTwo() {
    const url = newUrl()
    const [east, west] = await open(url, 10_000, { tokens })
    const store = await mongoStore({ url, deadlineMs: 10_000 })
    onTestFinished(() => store.close())
    const operator = await east.connect('root', await operatorAuth(store, keyPepper, ['export', 'erase']))
    return { east, west, store, operator }
  }

  it('[PD2] erase what a person does on one while the other erases them, show nothing of it and write nothing later', async () => {
    const { east, west, store, operator } = await openTwo()
    const [ann, ben] = [await enter(west, canary), await west.connect('ben')]
    await ben.request('join', { room: 'r' })
    const sending = setInterval(() => {
      ann.emit('message_event', { room_id: 'r', message_data: canary, cid: randomUUID() })
      ann.emit('close_ticket', { ticket_id: 'none' })
    }, 20)
    onTestFinished(() => clearInterval(sending))
    await ben.first('entries')
    const erasing = eraseAll(operator, canary)
    await ann.closed()
    // From here on the second server has the page in memory.
    expect(JSON.stringify(await ben.request('join', { room: 'r' }))).toContain(canary)
    await erasing
    await expect.poll(() => entriesIn(ben.frames).at(-1)?.type, { timeout: 10_000 }).toBe('deletion')
    expect(JSON.stringify(await ben.request('join', { room: 'r' }))).not.toContain(canary)
    await Promise.all([east.close(), west.close()])
    expect(await kept(store)).toEqual([])
  })

  it('[PD2] forget on both which guest an erased person was, also of one who is back before the erasure ends', async () => {
    const { east, west, operator } = await openTwo()
    await becomeUser(east)
    const ann = await enter(west, canary)
    expect((await ann.first('hello')).guest_ids).toHaveLength(1)
    const erasing = eraseAll(operator, canary)
    await ann.closed()
    await enter(west, canary, now() + 1)
    await erasing
    for (const chat of [east, west]) await expectNoGuest(chat)
  })
})
