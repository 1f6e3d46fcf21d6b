import { randomUUID } from 'node:crypto'
import { isMessage, type Message, type Page } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { inGroups } from '../../tests/support/sockets.ts'
import type { Logger } from '../logger.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Store, StoreUnavailableError, type StreamStore } from '../stores/store.ts'
import { messagesIn, openChat, type TestSocket } from '../testing/connect.ts'

/** Silent, because these tests cause failures on purpose. */
const logger: Logger = { info() {}, warn() {}, error() {} }

const message = (message_data: string, room_id = 'r') => ({ room_id, message_data, cid: randomUUID() })

/** A store in memory with some of its stream methods replaced. */
async function storeWith(replace: (streams: StreamStore) => Partial<StreamStore>): Promise<Store> {
  const store = await embeddedStore({ path: ':memory:' })
  return { ...store, streams: { ...store.streams, ...replace(store.streams) } }
}

/** The whole log of a room, oldest first. */
async function logOf(socket: TestSocket, room: string): Promise<Message[]> {
  const { epoch } = await socket.request('join', { room, limit: 1 })
  const log: Message[] = []
  for (let more = true; more; ) {
    const last = log.at(-1)
    const position = { epoch, seq: last?.seq ?? 0, id: last?._id ?? null }
    const page = await socket.request('get_entries', { stream: `room:${room}`, position })
    log.push(...page.entries.filter(isMessage))
    more = page.more
  }
  return log
}

it('[DI4] takes the sends, joins and leaves of one socket in the order in which it made them', async () => {
  // All of them are sent at once.
  const chat = await openChat(onTestFinished, { limits: { requestsWaiting: 300 } })
  const ann = await chat.connect('ann')
  const sends: Promise<Message>[] = []
  const pages: { sent: number; page: Promise<Page> }[] = []
  const expected: string[] = []
  let isIn = false
  for (let n = 1; n <= 200; n++) {
    sends.push(ann.request('message_event', message(`${n}`)))
    if (isIn) expected.push(`${n}`)
    if (n % 3 === 0) {
      pages.push({ sent: n, page: ann.request('join', { room: 'r', limit: 1 + (n % 5) }) })
      isIn = true
    }
    if (n % 7 === 0) {
      ann.emit('leave', { room: 'r' })
      isIn = false
    }
  }

  const stored = await Promise.all(sends)
  expect(stored.map(({ seq, message_data }) => [seq, message_data])).toEqual(
    stored.map((_, at) => [at + 1, `${at + 1}`]),
  )
  for (const { sent, page } of pages) {
    expect(await page).toMatchObject({ head: { seq: sent, nth: sent, id: stored[sent - 1]?._id } })
    expect((await page).entries.at(-1)).toEqual(stored[sent - 1])
  }
  expect(messagesIn(await ann.heard()).map(({ message_data }) => message_data)).toEqual(expected)
})

it('[DI4] keeps the order of a V2 page that waits for no answer', async () => {
  const chat = await openChat(onTestFinished)
  const page = await chat.connectV2()
  const expected: unknown[] = []
  for (let n = 1; n <= 100; n++) {
    page.emit('message_event', { room_id: 'r', message_data: n })
    if (n === 40) page.emit('join', { room: 'r' })
    if (n === 70) page.emit('leave', { room: 'r' })
    const data = `${n}`
    if (n <= 40) expected.push(['my_response', { data, count: 0 }])
    else if (n <= 70) expected.push(['my_response', { data, sid: page.id }])
  }
  expect(await page.heard(expected.length)).toEqual(expected)
})

it('[ST3] shows 64 sockets that join during 1,000 messages every message once, in order', async () => {
  const chat = await openChat(onTestFinished)
  const senders = await Promise.all(['s1', 's2', 's3', 's4'].map((name) => chat.connect(name)))
  const current = await inGroups(32, (at) => chat.connect(`current-${at}`))
  const v2 = await inGroups(32, () => chat.connectV2())
  const joins: Promise<[TestSocket, Page]>[] = []

  for (let round = 0; round < 20; round++) {
    const sends: Promise<Message>[] = []
    for (let n = 0; n < 50; n++) {
      const sender = senders[n % senders.length] as TestSocket
      sends.push(sender.request('message_event', message(`round ${round} message ${n}`)))
      const at = round * 2 + (n === 20 ? 0 : 1)
      const [joining, page] = [
        n === 20 || n === 30 ? current[at] : undefined,
        n === 20 || n === 30 ? v2[at] : undefined,
      ]
      if (joining) joins.push(joining.request('join', { room: 'r' }).then((answer) => [joining, answer]))
      page?.emit('join', { room: 'r' })
    }
    // Only half of them, so that messages are under way whenever a socket joins.
    await Promise.all(sends.slice(0, 25))
  }

  const reader = await chat.connect('reader')
  const lastHeard = async (socket: TestSocket) => messagesIn(await socket.heard(1)).at(-1)
  for (const sender of senders) await sender.request('message_event', message('last'))
  const log = await logOf(reader, 'r')
  expect(log).toHaveLength(1_004)
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, at) => at + 1))

  const joined = await Promise.all(joins)
  expect(joined).toHaveLength(32)
  for (const [socket, page] of joined) {
    await lastHeard(socket)
    const heard = [...page.entries, ...messagesIn(socket.frames)]
    expect(heard).toEqual(log.slice(-heard.length))
    expect(page.head.seq).toBe(page.entries.at(-1)?.seq ?? 0)
  }
  for (const page of v2) {
    await page.heard(1)
    const replayed = page.frames
      .filter(([event]) => event === 'my_response')
      .map(([, data]) => data as { data: string })
    // The other frames are the welcome, a greeting or a note about older messages, and who else joined.
    const texts = replayed.map(({ data }) => data).filter((data) => /^(round|last)/.test(data))
    expect(texts).toEqual(log.slice(-texts.length).map(({ message_data }) => message_data))
    expect(texts.length).toBeGreaterThan(100)
  }
})

it('[ST2] answers and shows a message only once it is durable', async () => {
  let release: () => void = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const store = await storeWith((streams) => ({
    async append(key, drafts) {
      const stored = await streams.append(key, drafts)
      if (key.stream === 'room:r') await gate
      return stored
    },
  }))
  const chat = await openChat(onTestFinished, { store, logger })
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  await bob.request('join', { room: 'r' })
  let isAnswered = false
  const sent = ann.request('message_event', message('slow')).finally(() => {
    isAnswered = true
  })

  // The slow room delays no other room.
  await ann.request('message_event', message('fast', 'elsewhere'))
  expect(await bob.heard()).toEqual([])
  expect(isAnswered).toBe(false)

  release()
  expect(messagesIn(await bob.heard(1))).toEqual([await sent])
})

it('[DI6] says that what the store cannot take is unavailable, and shows nobody anything of it', async () => {
  let isDown = false
  const store = await storeWith((streams) => ({
    append: (key, drafts) =>
      isDown
        ? Promise.reject(new StoreUnavailableError('the disk is full: /var/secret'))
        : streams.append(key, drafts),
  }))
  const chat = await openChat(onTestFinished, { store, logger })
  const [ann, page, bob] = [await chat.connect('ann'), await chat.connectV2(), await chat.connect('bob')]
  for (const socket of [bob, page]) await socket.ask('join', { room: 'r' })
  const wanted = message('hi')

  isDown = true
  const failed = await ann.ask('message_event', wanted)
  expect(failed).toEqual({
    status: 'failure',
    operation: 'message_event',
    data: expect.any(String),
    error: {
      code: 'unavailable',
      message: expect.any(String),
      retryable: true,
      details: { request_id: expect.any(String) },
    },
  })
  expect(JSON.stringify(failed)).not.toContain('secret')
  page.emit('message_event', { room_id: 'r', message_data: 'hi' })
  expect(await page.heard(1)).toEqual([
    ['my_response', { data: failed.data, status: 'failure', operation: 'message_event' }],
  ])
  expect(await bob.heard()).toEqual([])

  isDown = false
  const sent = await ann.request('message_event', wanted)
  expect(sent.seq).toBe(1)
  expect(messagesIn(await bob.heard(1))).toEqual([sent])
})

it('[DI6] shows a message that the store takes after its answer is overdue, though nobody repeats it', async () => {
  let isLate = false
  let taken = (): void => {}
  const store = await storeWith((streams) => ({
    async append(key, drafts) {
      if (!isLate) return streams.append(key, drafts)
      taken = () => void streams.append(key, drafts)
      throw new StoreUnavailableError('no majority in time')
    },
  }))
  let looks = 0
  const ends: StreamStore['ends'] = (asked) => {
    looks += 1
    return store.streams.ends(asked)
  }
  const chat = await openChat(onTestFinished, {
    store: { ...store, streams: { ...store.streams, ends } },
    logger,
  })
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  await bob.request('join', { room: 'r' })
  isLate = true
  const wanted = message('late')
  expect(await ann.refusal('message_event', wanted)).toBe('unavailable')
  isLate = false
  const before = looks
  // It was looked for in vain.
  await expect.poll(() => looks - before).toBeGreaterThan(1)
  taken()
  expect(messagesIn(await bob.heard(1))).toMatchObject([{ cid: wanted.cid, seq: 1 }])
})

it('[DI6] has one copy of a message whose answer the store lost, and no hole for whoever joins after it', async () => {
  let losesAnswer = false
  const store = await storeWith((streams) => ({
    async append(key, drafts) {
      const stored = await streams.append(key, drafts)
      if (losesAnswer) throw new StoreUnavailableError('The answer was lost')
      return stored
    },
  }))
  const chat = await openChat(onTestFinished, { store, logger })
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  const first = await ann.request('message_event', message('first'))
  await ann.request('join', { room: 'r' })
  const lost = message('lost')
  losesAnswer = true
  expect(await ann.refusal('message_event', lost)).toBe('unavailable')
  losesAnswer = false

  const page = await bob.request('join', { room: 'r' })
  const again = await ann.request('message_event', lost)
  const last = await ann.request('message_event', message('last'))

  expect([first.seq, again.seq, last.seq]).toEqual([1, 2, 3])
  expect(page.entries).toEqual([first, again])
  expect(messagesIn(await bob.heard(1))).toEqual([last])
})

it('[ST3] lets a socket that is gone before its turn comes hear nothing and harm nobody', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
  await page.ask('join', { room: 'r' })
  for (let n = 0; n < 5; n++) {
    const hasty = await chat.connect('hasty')
    hasty.emit('join', { room: 'r' })
    hasty.emit('message_event', message(`from hasty ${n}`))
    hasty.socket.disconnect()
  }
  await vi.waitFor(async () => expect(await logOf(ann, 'r')).toHaveLength(5), { timeout: 20_000 })
  const heard = (await page.heard(5)).map(([, data]) => (data as { data: string }).data)
  expect(heard.filter((data) => data.startsWith('from hasty'))).toHaveLength(5)
})
