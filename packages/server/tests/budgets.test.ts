import { randomUUID } from 'node:crypto'
import type { Failure } from '@dowellchat/protocol'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { countTurns } from '../src/testing/count-turns.ts'
import { endOf, flood, key, message, refusalsOf, withLimits } from './support/attacks.ts'
import { stopClock } from './support/stopped-clock.ts'

const limited = { code: 'rate_limited', retryable: true, retry_after_ms: expect.any(Number) as number }

const richly = { socketPoints: 10_000, userPoints: 10_000, missingRequests: 1_000 }
const ticket = () => ({ product: 'sales', cid: randomUUID() })

/** A store whose topics can be read only after `release`. */
async function hangingStore(
  onAsked = () => {},
): Promise<{ store: Store; asked: () => number; release: () => void }> {
  const store = await embeddedStore({ path: ':memory:' })
  let asked = 0
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const get = async (workspaceId: string, name: string) => {
    asked += 1
    onAsked()
    await released
    return store.topics.get(workspaceId, name)
  }
  return { store: { ...store, topics: { ...store.topics, get } }, asked: () => asked, release }
}

it('[BG1] handles 32 requests of a socket at a time; 256 more wait, the others are refused', async () => {
  const { store, asked, release } = await hangingStore()
  const chat = await openChat(onTestFinished, { ...withLimits(richly), store })
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  const answered: (string | undefined)[] = []
  const all = Array.from({ length: 300 }, async (_, at) => {
    const answer = await ann.ask('create_ticket', ticket())
    answered[at] = answer.status === 'failure' ? answer.error.code : 'ok'
  })
  await vi.waitFor(() => expect(answered.filter((one) => one === 'rate_limited')).toHaveLength(12), 10_000)
  expect(answered.slice(288)).toEqual(Array(12).fill('rate_limited'))
  expect(asked()).toBe(32)
  expect(await bob.ask('leave', { room: 'r' })).toMatchObject({ status: 'success' })
  release()
  await Promise.all(all)
  expect(answered.slice(0, 288)).toEqual(Array(288).fill('not_found'))
})

it('[BG18] lets others have their turn while what has waited is handled, also if all of it fails at once', async () => {
  const turns = countTurns()
  const inTurns = new Map<number, number>()
  const { store, asked, release } = await hangingStore(() => {
    inTurns.set(turns(), (inTurns.get(turns()) ?? 0) + 1)
  })
  const chat = await openChat(onTestFinished, { ...withLimits(richly), store })
  const ann = await chat.connect('ann')
  const all = Array.from({ length: 288 }, () => ann.ask('create_ticket', ticket()))
  await vi.waitFor(() => expect(asked()).toBe(32), 10_000)
  inTurns.clear()
  release()
  await Promise.all(all)
  expect(asked()).toBe(288)
  expect(Math.max(...inTurns.values())).toBeLessThanOrEqual(16)
})

it('[BG20] handles a bounded number of requests at a time, also of those who are gone again', async () => {
  const { store, asked, release } = await hangingStore()
  const chat = await openChat(onTestFinished, {
    ...withLimits({ ...richly, serverRequestsInFlight: 100 }),
    store,
  })
  const bob = await chat.connect('bob')
  for (let come = 0; come < 10; come++) {
    const ann = await chat.connect('ann')
    for (let each = 0; each < 20; each++) ann.emit('create_ticket', ticket())
    await vi.waitFor(() => expect(asked()).toBe(Math.min((come + 1) * 20, 100)), 10_000)
    ann.socket.disconnect()
  }
  expect(await bob.ask('get_all_topics', {})).toMatchObject({ status: 'failure', error: limited })
  expect(asked()).toBe(100)
  release()
  await vi.waitFor(
    async () => expect(await bob.ask('get_all_topics', {})).toMatchObject({ status: 'success' }),
    10_000,
  )
})

it('[BG1] lets 256 KiB wait', async () => {
  const { store, release } = await hangingStore()
  const chat = await openChat(onTestFinished, { ...withLimits(richly), store })
  const ann = await chat.connect('ann')
  for (let each = 0; each < 32; each++) ann.emit('create_ticket', ticket())
  const asked = Array.from({ length: 20 }, () => ann.ask('message_event', message('r', 'x'.repeat(16_000))))
  const refused = await Promise.all(asked.slice(17))
  expect(refused).toMatchObject(Array(3).fill({ status: 'failure', error: limited }))
  release()
  expect(await Promise.all(asked.slice(0, 17))).toMatchObject(Array(17).fill({ status: 'success' }))
})

it('[BG1] keeps the order of what waits', async () => {
  const chat = await openChat(onTestFinished, withLimits({ requestsInFlight: 2 }))
  const ann = await chat.connect('ann')
  const texts = Array.from({ length: 150 }, (_, at) => `${at}`)
  await Promise.all(texts.map((text) => ann.ask('message_event', message('r', text))))
  const page = await ann.request('join', { room: 'r', limit: 200 })
  expect(page.entries.map((entry) => entry.type === 'message' && entry.message_data)).toEqual(texts)
})

/** Sends messages until one is refused; answers how many were not. */
async function exhaust(socket: TestSocket): Promise<number> {
  for (let sent = 0; sent < 20; sent++)
    if ((await socket.ask('message_event', message('r'))).status === 'failure') return sent
  throw new Error('Nothing was refused')
}

describe('a bucket that is empty', () => {
  const buckets = {
    connection: { socketPoints: 5, socketPointsPerSecond: 1 },
    user: { userPoints: 5, userPointsPerSecond: 1 },
    address: { addressPoints: 5, addressPointsPerSecond: 1 },
    workspace: { workspacePoints: 5, workspacePointsPerSecond: 1 },
  }
  it.each(Object.entries(buckets))(
    '[BG2] refuses, where it is the %s’s, and stores nothing',
    async (name, limits) => {
      const chat = await openChat(onTestFinished, withLimits(limits))
      const [first, second] = [await chat.connect('ann'), await chat.connect('ann')]
      stopClock()
      const stored = await exhaust(first)
      const asked = name === 'connection' ? first : second
      const answer = await asked.ask('message_event', message('r', 'too many'))
      const text = expect.stringMatching(`^Too many requests from this ${name}. Try again in 1 s.$`) as string
      const error = { ...limited, message: text }
      expect(answer).toEqual({ status: 'failure', operation: 'message_event', data: text, error })
      expect((answer as Failure).error.retry_after_ms).toBeGreaterThan(0)
      expect((answer as Failure).error.retry_after_ms).toBeLessThanOrEqual(1_000)
      expect(stored).toBeLessThan(15)
    },
  )

  it('[BG2] is not the one of another user or workspace', async () => {
    const chat = await openChat(onTestFinished, withLimits({ ...buckets.user, ...buckets.connection }))
    await exhaust(await chat.connect('ann'))
    const other = { workspace_id: 'other', api_key: 'other-key' }
    for (const socket of [await chat.connect('bob'), await chat.connect('ann', other)])
      await socket.request('message_event', message('r'))
  })

  it('[BG2] fills up again: the request succeeds after the time that was told', async () => {
    const chat = await openChat(onTestFinished, withLimits({ socketPoints: 5, socketPointsPerSecond: 10 }))
    const ann = await chat.connect('ann')
    const goOn = stopClock()
    for (let each = 0; each < 5; each++) ann.emit('message_event', message('r'))
    const answer = (await ann.ask('message_event', message('r'))) as Failure
    goOn()
    await new Promise((resolve) => setTimeout(resolve, answer.error.retry_after_ms))
    await ann.request('message_event', message('r'))
  })

  it('[BG4] is not filled by connecting again', async () => {
    const chat = await openChat(onTestFinished, withLimits({ userPoints: 5, userPointsPerSecond: 1 }))
    const ann = await chat.connect('ann')
    stopClock()
    await exhaust(ann)
    ann.socket.disconnect()
    const again = chat.open({ ...key, protocol: 1, user_id: 'ann', device_id: randomUUID() })
    expect(await again.refusal('message_event', message('r'))).toBe('rate_limited')
  })

  it('[BG5] answers each event in its own form', async () => {
    const chat = await openChat(onTestFinished, withLimits({ socketPoints: 5, socketPointsPerSecond: 1 }))
    const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
    stopClock()
    for (let each = 0; each < 10; each++) ann.emit('message_event', message('r'))
    expect(await ann.next(1)).toContainEqual([
      'error_response',
      expect.objectContaining({
        status: 'failure',
        operation: 'message_event',
        error: expect.objectContaining(limited),
      }),
    ])
    page.skip()
    const forms = {
      join: ['my_response', 'join'],
      message_event: ['my_response', 'message_event'],
      get_all_topics: ['setting_response', 'get_all_topics'],
      get_tickets: ['ticket_response', 'get_ticket'],
      ticket_message_event: ['error_response', 'send_message'],
      callUser: ['error_response', 'callUser'],
    }
    for (let each = 0; each < 10; each++) page.emit('leave', { room: 'r' })
    for (const event of [...Object.keys(forms), 'my_event']) page.emit(event, {})
    await vi.waitFor(() => expect(page.frames.at(-1)?.[1]).toMatchObject({ operation: 'callUser' }), 10_000)
    const data = 'Too many requests from this connection. Try again in 1 s.'
    expect(page.frames.slice(-6)).toEqual(
      Object.values(forms).map(([event, operation]) => [event, { data, status: 'failure', operation }]),
    )
    expect(JSON.stringify(page.frames)).not.toContain('my_event')
  })
})

it('[BG3] charges new rooms: two thousand names are not made by joining and leaving them', async () => {
  const slow = { socketPoints: 400, socketPointsPerSecond: 1, refusedRequests: 10_000 }
  const chat = await openChat(onTestFinished, withLimits(slow))
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  let made = 0
  for (let each = 0; each < 2_000; each++) {
    const room = `room ${each}`
    if ((await ann.ask('join', { room })).status !== 'success') continue
    made++
    await ann.ask('leave', { room })
  }
  // Three points, and one for leaving it.
  expect(made).toBeGreaterThan(90)
  expect(made).toBeLessThan(130)
  // A room that is there costs what it did.
  for (let each = 0; each < 150; each++) await bob.request('join', { room: `room ${each % 30}` })
})

it('[BG3] charges long answers once they are known', async () => {
  const chat = await openChat(onTestFinished, withLimits({ socketPoints: 60, socketPointsPerSecond: 1 }))
  const page = await chat.connectV2()
  for (const each of ['ann', 'bob']) {
    const writer = await chat.connect(each)
    for (let sent = 0; sent < 8; sent++)
      await writer.request('message_event', message('r', 'x'.repeat(16_000)))
  }
  page.skip()
  // A page of 256 KiB is 16 points.
  let replays = 0
  while (replays < 20 && (await page.ask('join', { room: 'r' })).status === 'success') replays++
  expect(replays).toBeGreaterThanOrEqual(3)
  expect(replays).toBeLessThan(20)
})

it.each<[string, (chat: TestChat) => Promise<TestSocket>]>([
  ['guests', (chat) => chat.open({ protocol: 1, workspace_id: 'demo', guest: true }).admitted()],
  ['pages of V2', (chat) => chat.connectV2()],
])('[BG4] keeps a quarter of a workspace’s points for those who prove who they are: %s', async (_, come) => {
  const chat = await openChat(
    onTestFinished,
    withLimits({ workspacePoints: 200, workspacePointsPerSecond: 4 }),
  )
  const [first, second, ann] = [await come(chat), await come(chat), await chat.connect('ann')]
  stopClock()
  const leave = async (socket: TestSocket) => (await socket.ask('leave', { room: 'r' })).status
  let taken = 0
  while ((await leave(first)) === 'success') taken += 1
  expect(taken).toBeGreaterThan(100)
  expect(taken).toBeLessThanOrEqual(151)
  expect(await second.ask('leave', { room: 'r' })).toMatchObject({
    data: 'Too many requests from the guests of this workspace. Try again in 1 s.',
  })
  for (let each = 0; each < 40; each++) expect(await leave(ann)).toBe('success')
})

it('[BG4] takes what guests owe of their own share: long answers that are asked for at once leave the others theirs', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const page: typeof store.streams.page = async (...args) => {
    await released
    return store.streams.page(...args)
  }
  const limits = { workspacePoints: 600, workspacePointsPerSecond: 4 }
  const chat = await openChat(onTestFinished, {
    ...withLimits(limits),
    store: { ...store, streams: { ...store.streams, page } },
  })
  const ann = await chat.connect('ann')
  const asGuest = { protocol: 1, workspace_id: 'demo', guest: true }
  const guests = await Promise.all(Array.from({ length: 8 }, () => chat.open(asGuest).admitted()))
  const [guest] = guests as [TestSocket]
  for (let sent = 0; sent < 16; sent++) await ann.request('message_event', message('r', 'x'.repeat(16_000)))
  stopClock()
  // A page of 256 KiB is 16 points, which nobody knows before it is read: by then all are charged one.
  const joining = guests.flatMap((one) => Array.from({ length: 5 }, () => one.request('join', { room: 'r' })))
  for (const one of guests) await one.request('leave', { room: 'other' })
  release()
  await Promise.all(joining)
  expect(await guest.ask('leave', { room: 'r' })).toMatchObject({
    data: expect.stringContaining('Too many requests from the guests of this workspace.') as string,
  })
  for (let each = 0; each < 40; each++) await ann.request('leave', { room: 'r' })
})

it('[BG4] takes what pages of V2 claim for no user: all of them call themselves 12345', async () => {
  const chat = await openChat(onTestFinished, withLimits({ userPoints: 5, userPointsPerSecond: 1 }))
  const pages = [await chat.connectV2(), await chat.connectV2()]
  for (const page of pages)
    for (let each = 0; each < 10; each++)
      await page.request('create_ticket', {
        ...key,
        user_id: '12345',
        product: 'sales',
        cid: randomUUID(),
      } as never)
})

it('[BG4] leaves room for pages of V2: a dozen sockets, each with a hundred requests in its first packet', async () => {
  const chat = await openChat(onTestFinished, withLimits())
  const pages = Array.from({ length: 12 }, () => chat.open({}, { transports: ['polling', 'websocket'] }))
  for (const page of pages)
    for (let each = 0; each < 100; each++) {
      if (each % 4 === 0) page.emit('join', { room: `room ${each}` })
      else if (each % 4 === 1) page.emit('get_tickets', { ...key, product: 'sales' })
      else if (each % 4 === 2) page.emit('get_all_topics', key)
      else
        page.emit('message_event', {
          room_id: `room ${each - 3}`,
          message_data: 'hello',
          type: 'create_message',
        })
    }
  for (const page of pages) {
    await vi.waitFor(() => {
      const answers = page.frames.filter(([event]) => event === 'ticket_response')
      expect(answers).toHaveLength(25)
    }, 20_000)
    expect(JSON.stringify(page.frames)).not.toContain('Too many')
  }
})

describe('a socket that is wrong again and again', () => {
  it.each([
    ['invalid_payload', 'message_event', { room_id: 7 }],
    ['unknown_event', 'nonsense', {}],
  ])('[BG6] is closed after 20 times %s, is told so, and may come back', async (code, event, payload) => {
    const chat = await openChat(onTestFinished, withLimits())
    const ann = await chat.connect('ann')
    for (let each = 0; each < 19; each++) expect(await ann.refusal(event, payload)).toBe(code)
    expect(await ann.ask('leave', { room: 'r' })).toMatchObject({ status: 'success' })
    ann.emit(event, payload)
    await ann.closed()
    expect(endOf(ann)?.error).toMatchObject({ code: 'rate_limited', details: 'abuse', retryable: true })
    expect(ann.frames.at(-1)).toEqual(['disconnect', 'transport close'])
    await chat.connect('ann')
  })

  it('[BG6] is closed after 200 times of V2’s dialect, where unknown events do not count', async () => {
    const chat = await openChat(onTestFinished, withLimits({ socketPoints: 10_000 }))
    const page = await chat.connectV2()
    for (let each = 0; each < 300; each++) page.emit('my_event', {})
    for (let each = 0; each < 199; each++) page.emit('message_event', { room_id: {} })
    expect(await page.ask('leave', { room: 'r' })).toMatchObject({ status: 'success' })
    page.emit('message_event', { room_id: {} })
    await page.closed()
    expect(endOf(page)).toMatchObject({ status: 'failure', operation: 'connection' })
    expect(endOf(page)?.data).toContain('not valid')
  })

  it('[BG6] is closed after 300 requests for what does not exist', async () => {
    const chat = await openChat(
      onTestFinished,
      withLimits({ socketPoints: 10_000, userPoints: 10_000, requestsWaiting: 1_000 }),
    )
    const ann = await chat.connect('ann')
    await flood(ann, 'join_ticket', () => ({ ticket_id: randomUUID() }), 300)
    await ann.closed()
    expect(endOf(ann)?.data).toContain('does not exist')
  })

  it('[BG6] is closed when it goes on while it is refused', async () => {
    const chat = await openChat(onTestFinished, withLimits())
    const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
    await flood(ann, 'message_event', () => message('r'))
    await ann.closed()
    expect(refusalsOf(ann).length).toBeLessThanOrEqual(500)
    expect(refusalsOf(ann)[0]).toMatchObject(limited)
    expect(endOf(ann)?.error).toMatchObject({ code: 'rate_limited', details: 'abuse' })
    const { head } = await bob.request('join', { room: 'r' })
    expect(head.seq).toBeGreaterThanOrEqual(288)
    // What it had, and what came back meanwhile.
    expect(head.seq).toBeLessThan(700)
  })

  it('[BG8] waits before it may come back, when it has been closed three times', async () => {
    const chat = await openChat(onTestFinished, withLimits())
    for (let each = 0; each < 3; each++) {
      const ann = await chat.connect('ann')
      await flood(ann, 'nonsense', () => ({}), 100)
      await ann.closed()
    }
    const again = chat.open({ ...key, protocol: 1, user_id: 'ann', device_id: randomUUID() })
    await expect(again.admitted()).rejects.toMatchObject({ data: limited })
    await chat.connect('bob')
  })
})
