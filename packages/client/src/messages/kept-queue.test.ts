import { openLink } from '@dowellchat/browser'
import { signUserToken } from '@dowellchat/server/tokens'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { type ChatClientOptions, createChatClient } from '../client.ts'
import type { ChatStorage } from '../connection/guest-tokens.ts'
import { authOf, openChat, until } from '../testing/chat.ts'
import { fakeLocks } from '../testing/fake-locks.ts'
import { textsOf } from '../testing/texts-of.ts'

afterEach(() => vi.unstubAllGlobals())

const secret = 'a secret of the team that is long enough'

const upTo = (count: number) => Array.from({ length: count }, (_, n) => `${n}`)

function memoryStorage() {
  const rows = new Map<string, string>()
  let written = 0
  let isFull = false
  const storage: ChatStorage = {
    get: async (key) => rows.get(key),
    async set(key, value) {
      if (isFull) throw new DOMException('Full', 'QuotaExceededError')
      written += value.length
      rows.set(key, value)
    },
    remove: async (key) => rows.delete(key),
  }
  return {
    storage,
    rows,
    written: () => written,
    fill() {
      isFull = true
    },
  }
}

/** A server behind a link that is cut, and clients of one storage behind it. */
async function openKept() {
  const { server, client } = await openChat({ tokens: { secrets: [secret] } })
  const link = await openLink(server.url)
  const kept = memoryStorage()
  const reader = client('reader')
  onTestFinished(reader.connect())
  const room = reader.rooms.messages('r')
  onTestFinished(room.retain())
  await until(room, ({ sync }) => sync === 'live')
  link.cut()
  return {
    link,
    ...kept,
    reader: room,
    host: reader,
    /** A client as after a load of the page. */
    load(user_id = 'ann', options: Partial<ChatClientOptions> = {}) {
      const opened = createChatClient({
        url: link.url,
        auth: authOf(user_id),
        storage: kept.storage,
        outbox: { keep: true },
        ...options,
      })
      onTestFinished(() => opened.close())
      opened.connect()
      return opened
    },
  }
}

type Client = Awaited<ReturnType<typeof openKept>>['load'] extends () => infer C ? C : never
const isKept = (client: Client) => until(client.outbox, (state) => state.unsent > 0 && state.isKept)

it('[OX6] sends after a reload what was written before it, in order and under the same keys', async () => {
  const { load, link, reader, rows } = await openKept()
  const before = load()
  for (const text of upTo(70)) void before.rooms.messages('r').send(text)
  await isKept(before)
  const keys = before.rooms
    .messages('r')
    .getSnapshot()
    .messages.map(({ key }) => key)
  before.close()

  const after = load()
  const room = after.rooms.messages('r')
  void room.send('after')
  await until(room, ({ messages }) => messages.length === 71)
  expect(textsOf(room.getSnapshot().messages)).toEqual([...upTo(70), 'after'])
  expect(
    room
      .getSnapshot()
      .messages.map(({ key }) => key)
      .slice(0, 70),
  ).toEqual(keys)
  link.mend()
  await until(reader, ({ messages }) => messages.length === 71)
  expect(textsOf(reader.getSnapshot().messages)).toEqual([...upTo(70), 'after'])
  await until(after.outbox, ({ status }) => status === 'sent')
  await expect.poll(() => [...rows.values()].join('')).not.toContain('message_data')
})

it('[OX6] keeps a crashed tab’s messages, and writes each only a few times', async () => {
  const locks = fakeLocks()
  const { load, link, reader, written } = await openKept()
  const tab = locks.openTab()
  const before = load()
  const room = before.rooms.messages('r')
  for (const text of upTo(1_000)) {
    void room.send(text)
    // Each in a turn of its own.
    await Promise.resolve()
  }
  await isKept(before)
  const size = JSON.stringify(room.getSnapshot().messages[0]).length
  expect(written()).toBeLessThan(1_000 * size * 25)
  locks.crash(tab)

  locks.openTab()
  link.mend()
  const after = load()
  await until(reader, ({ messages }) => messages.length >= 900)
  await until(after.outbox, ({ status }) => status === 'sent')
  await until(reader, ({ messages }) => messages.at(-1)?.message.message_data === '999')
  const seen = reader.getSnapshot().messages.map(({ message }) => message.message_data)
  expect(seen).toEqual(upTo(1_000).slice(-seen.length))
  expect(reader.getSnapshot().messages.at(-1)?.message.seq).toBe(1_000)
})

it('[OX7] sends, with two tabs, what either has left, in the one that stays', async () => {
  const locks = fakeLocks()
  const { load, link, reader } = await openKept()
  const tabs = [locks.openTab()]
  const first = load()
  void first.rooms.messages('r').send('of the first tab')
  await isKept(first)
  tabs.push(locks.openTab())
  const second = load()
  void second.rooms.messages('r').send('of the second tab')
  await isKept(second)
  expect(textsOf(first.rooms.messages('r').getSnapshot().messages)).toEqual(['of the first tab'])
  expect(textsOf(second.rooms.messages('r').getSnapshot().messages)).toEqual(['of the second tab'])

  // The newer one goes: the older one takes over, though it had opened before there was another.
  locks.crash(tabs[1] as object)
  await until(first.rooms.messages('r'), ({ messages }) => messages.length === 2)
  locks.openTab()
  const third = load()
  locks.crash(tabs[0] as object)
  await until(third.rooms.messages('r'), ({ messages }) => messages.length === 2)
  first.close()
  second.close()
  link.mend()
  await until(third.outbox, ({ status }) => status === 'sent')
  expect(textsOf((await until(reader, ({ messages }) => messages.length === 2)).messages)).toEqual([
    'of the first tab',
    'of the second tab',
  ])
})

it('[OX7] stores nothing twice where there are no locks, and tabs send each other’s messages', async () => {
  const { load, link, reader } = await openKept()
  const tabs: Client[] = []
  for (const n of [0, 1, 2]) {
    const tab = load()
    void tab.rooms.messages('r').send(`of tab ${n}`)
    await isKept(tab)
    tabs.push(tab)
  }
  const late = load()
  await until(late.rooms.messages('r'), ({ messages }) => messages.length === 3)
  link.mend()
  for (const tab of [...tabs, late]) await until(tab.outbox, ({ status }) => status === 'sent')
  await until(reader, ({ messages }) => messages.length >= 3)
  expect(textsOf(reader.getSnapshot().messages).sort()).toEqual(['of tab 0', 'of tab 1', 'of tab 2'])
})

it('[OX6] keeps what it writes beside a box of another tab that cannot be read', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  onTestFinished(() => warn.mockRestore())
  const { load, rows, storage } = await openKept()
  const before = load()
  void before.rooms.messages('r').send('of another tab')
  await isKept(before)
  before.close()
  const left = new Set(rows.keys())
  const get: ChatStorage['get'] = async (key) => {
    if (left.has(key) && key.endsWith(' 1')) throw new Error('It cannot be decrypted')
    return storage.get(key)
  }
  const after = load('ann', { storage: { ...storage, get } })
  await expect.poll(() => warn.mock.calls.length).toBe(1)
  expect(after.outbox.getSnapshot()).toMatchObject({ unsent: 0, isKept: true })
})

it('[OX6] says that all is kept once nothing is left that a full storage does not take', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  onTestFinished(() => warn.mockRestore())
  const { load, fill } = await openKept()
  fill()
  const ann = load()
  void ann.rooms.messages('r').send('Hello')
  await expect.poll(() => warn.mock.calls.length).toBe(1)
  expect(ann.outbox.getSnapshot()).toMatchObject({ unsent: 1, isKept: false })
  ann.outbox.discardAll()
  await until(ann.outbox, ({ unsent, isKept }) => unsent === 0 && isKept)
})

it('[OX8] shows and sends nothing to another user, and keeps it for its own', async () => {
  const { load, link, reader } = await openKept()
  const ann = load('ann')
  void ann.rooms.messages('r').send('of ann')
  await isKept(ann)
  ann.close()
  link.mend()
  const bob = load('bob')
  await until(bob.connection, ({ status }) => status === 'online')
  await bob.rooms.messages('r').send('of bob')
  const { messages } = await until(reader, (state) => state.messages.length > 0)
  expect(textsOf(messages)).toEqual(['of bob'])
  load('ann')
  await until(reader, (state) => state.messages.length === 2)
  expect(reader.getSnapshot().messages.map(({ message }) => message.author)).toEqual(['bob', 'ann'])
})

it('[OX8] erases what is kept by discardAll', async () => {
  const { load, rows } = await openKept()
  const ann = load()
  const end = ann.rooms
    .messages('r')
    .send('secret')
    .catch((error: unknown) => error)
  await isKept(ann)
  ann.outbox.discardAll()
  expect(await end).toMatchObject({ code: 'discarded' })
  await expect.poll(() => [...rows.values()].join('')).not.toContain('secret')
  expect(ann.outbox.getSnapshot()).toMatchObject({ status: 'sent', unsent: 0 })
})

/** Lets each reading of a storage take so long that something can happen meanwhile. */
const slowly = ({ get, ...storage }: ChatStorage): ChatStorage => ({
  ...storage,
  async get(key) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return get(key)
  },
})

it.each([
  ['at once', false],
  ['at once, and is closed then', true],
])('[OX8] erases what another load has left when it is discarded %s', async (_, isClosed) => {
  const { load, link, reader, rows, storage } = await openKept()
  const before = load()
  void before.rooms.messages('r').send('secret')
  await isKept(before)
  before.close()
  const ann = load('ann', { storage: slowly(storage) })
  ann.outbox.discardAll()
  if (isClosed) ann.close()
  await expect.poll(() => [...rows.values()].join('')).not.toContain('secret')
  link.mend()
  const after = load()
  await after.rooms.messages('r').send('after')
  await until(reader, ({ messages }) => messages.length > 0)
  expect(textsOf(reader.getSnapshot().messages)).toEqual(['after'])
})

it('[OX8] erases what another load has left of a user whom only the server knows, once it has said', async () => {
  const { load, link, reader } = await openKept()
  const before = load()
  void before.rooms.messages('r').send('secret')
  await isKept(before)
  before.close()
  const getToken = async () =>
    signUserToken({ user_id: 'ann', workspace_id: 'demo', expires_in_ms: 60_000 }, { secret })
  const ann = load('ann', { auth: { getToken } })
  ann.outbox.discardAll()
  link.mend()
  await ann.rooms.messages('r').send('after')
  await until(reader, ({ messages }) => messages.length > 0)
  expect(textsOf(reader.getSnapshot().messages)).toEqual(['after'])
})

it('[OX6] sends messages in their order after a reload, also those that were edited before it', async () => {
  const { load, link, reader } = await openKept()
  const before = load()
  const room = before.rooms.messages('r')
  for (const text of ['teh first', 'the second']) void room.send(text)
  await isKept(before)
  const [first] = room.getSnapshot().messages
  if (!first) throw new Error('Nothing is shown')
  void room.edit(first, 'the first')
  await until(room, ({ messages }) => messages[0]?.message.message_data === 'the first')
  await isKept(before)
  before.close()

  link.mend()
  load()
  const { messages } = await until(reader, (state) => state.messages.length === 2)
  expect(textsOf(messages)).toEqual(['the first', 'the second'])
})

it('[OX6] edits after a reload what the server had stored before it, once that is known', async () => {
  const { load, link, reader } = await openKept()
  link.mend()
  const before = load()
  await until(before.connection, ({ status }) => status === 'online')
  const answer = link.lose('"message_data"')
  void before.rooms.messages('r').send('teh')
  await answer
  link.cut()
  await until(before.outbox, ({ status, isKept }) => status === 'waiting' && isKept)
  before.close()

  const room = load().rooms.messages('r')
  onTestFinished(room.retain())
  const { messages } = await until(room, (state) => state.messages.length === 1)
  const [row] = messages
  if (!row) throw new Error('Nothing is shown')
  const editing = room.edit(row, 'the')
  link.mend()
  expect(await editing).toMatchObject({ cid: row.key, message_data: 'the' })
  await until(reader, (state) => state.messages[0]?.message.message_data === 'the')
})

it('[MO16, OX6] may be sent again after a reload too by who was muted', async () => {
  const { load, link, host } = await openKept()
  link.mend()
  const { _id } = await host.rooms.create({ kind: 'members', members: ['ann'] })
  await host.rooms.mute(_id, 'ann', 3_600_000)
  const before = load()
  await expect(before.rooms.messages(_id).send('Hi')).rejects.toMatchObject({ code: 'forbidden' })
  await until(before.outbox, ({ failed, isKept }) => failed === 1 && isKept)
  before.close()

  await host.rooms.unmute(_id, 'ann')
  const { messages } = await until(load().rooms.messages(_id), (state) => state.messages.length === 1)
  expect(await messages[0]?.retry?.()).toMatchObject({ message_data: 'Hi' })
})

/** The highest number of a box in the storage, each of which the next client reads. */
function highestNumber(rows: ReadonlyMap<string, string>): number {
  return Math.max(...[...rows.values()].filter((value) => /^\d+$/.test(value)).map(Number))
}

it('[OX6] uses the same keys again for every message that is sent at once', async () => {
  const { load, link, rows } = await openKept()
  link.mend()
  const ann = load()
  for (const text of upTo(30)) {
    await ann.rooms.messages('r').send(text)
    await until(ann.outbox, ({ isKept }) => isKept)
  }
  expect(highestNumber(rows)).toBe(1)
})

it('[OX6] keeps the order where keys are used again', async () => {
  const { load, link, reader, rows } = await openKept()
  const before = load()
  const room = before.rooms.messages('r')
  for (const text of upTo(50)) void room.send(text).catch(() => undefined)
  await isKept(before)
  for (const row of room.getSnapshot().messages.slice(40)) row.discard?.()
  for (const text of upTo(60).slice(50)) void room.send(text)
  await isKept(before)
  expect(highestNumber(rows)).toBe(3)
  before.close()

  link.mend()
  load()
  const { messages } = await until(reader, (state) => state.messages.length === 50)
  expect(textsOf(messages)).toEqual([...upTo(40), ...upTo(60).slice(50)])
})

it('[OX6] sends all the same when the storage is full, and says once that nothing is kept', async () => {
  const { load, link, reader, fill } = await openKept()
  const warnings = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warnings.mockRestore())
  fill()
  const ann = load()
  for (const text of upTo(3)) void ann.rooms.messages('r').send(text)
  await expect.poll(() => warnings.mock.calls.length).toBe(1)
  expect(ann.outbox.getSnapshot()).toMatchObject({ unsent: 3, isKept: false })
  link.mend()
  await until(reader, ({ messages }) => messages.length === 3)
  expect(textsOf(reader.getSnapshot().messages)).toEqual(upTo(3))
  expect(warnings.mock.calls).toHaveLength(1)
})
