import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { entriesIn, openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { eraseAll, exportAll, operatorAuth } from './support/erasing.ts'
import { now, secret, sign } from './support/foreign-tokens.ts'
import { describeTwoServers } from './support/two-servers.ts'

const keyPepper = 'the pepper of both servers'
const tokens = { secrets: [secret] }
const canary = 'ann-canary'

async function enter(chat: TestChat, sub: string, iat = now() - 10): Promise<TestSocket> {
  const socket = chat.open({ protocol: 1, token: sign({ sub, name: `${sub} by name`, iat }) })
  await socket.first('hello')
  return socket
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

describeTwoServers('two servers on one MongoDB', ({ newUrl, open }) => {
  it('[PD2] erase what a person does on one while the other erases them, show nothing of it and write nothing later', {
    timeout: 60_000,
  }, async () => {
    const url = newUrl()
    const [east, west] = await open(url, 10_000, { tokens })
    const store = await mongoStore({ url, deadlineMs: 10_000 })
    onTestFinished(() => store.close())
    const operator = await east.connect('root', await operatorAuth(store, keyPepper, ['export', 'erase']))
    const [ann, ben] = [await enter(west, canary), await west.connect('ben')]
    await ben.request('join', { room: 'r' })
    const sending = setInterval(() => {
      ann.emit('message_event', { room_id: 'r', message_data: canary, cid: randomUUID() })
      ann.emit('close_ticket', { ticket_id: 'none' })
    }, 20)
    onTestFinished(() => clearInterval(sending))
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
})
