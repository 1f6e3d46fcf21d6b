import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store, StreamKey } from '../src/stores/store.ts'
import { openChat } from '../src/testing/connect.ts'
import { draft } from '../src/testing/store-cases/making.ts'
import { webhooksOf } from '../src/webhooks/options.ts'
import { Unnoted } from '../src/webhooks/unnoted.ts'
import { Webhooks } from '../src/webhooks/webhooks.ts'
import { keptLog } from './support/kept-log.ts'
import { startReceiver, webhookTo } from './support/receiver.ts'

const longAgo = '2026-01-01T00:00:00.000Z'

function roomKey(n: number): StreamKey {
  return { workspace_id: 'demo', stream: `room:r${String(n).padStart(3, '0')}` }
}

it('[WH12] goes on where it was when the store fails while it looks for what was not noted', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  await store.deliveries.follow('demo', 'hook', longAgo)
  for (let n = 0; n < 150; n++) await store.streams.append(roomKey(n), [draft({ message_data: `room ${n}` })])
  const asked: string[] = []
  const names: Store['streams']['names'] = (workspaceId, after, limit) => {
    asked.push(`${workspaceId} ${after}`)
    return asked.length === 2
      ? Promise.reject(new Error('unavailable'))
      : store.streams.names(workspaceId, after, limit)
  }
  const failing = Object.assign(Object.create(store) as Store, {
    streams: Object.assign(Object.create(store.streams) as Store['streams'], { names }),
  })
  const receiver = await startReceiver()
  const log = keptLog()
  await openChat(onTestFinished, {
    ...{ store: failing, logger: log.logger, webhooks: [webhookTo(receiver)] },
  })
  await expect.poll(() => receiver.taken().length, { timeout: 10_000 }).toBe(150)
  const inDemo = asked.filter((one) => one.startsWith('demo '))
  expect(inDemo.slice(0, 3)).toEqual(['demo ', 'demo room:r099', 'demo room:r099'])
  expect(log.messages().filter((one) => one.includes('could not be searched'))).toHaveLength(1)
})

it('[WH12] finds what it could not note itself, also where another server delivers', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  await store.deliveries.follow('demo', 'hook', longAgo)
  const last = { workspace_id: 'demo', stream: 'room:zzz' }
  await store.streams.append(last, [draft({ message_data: 'beyond what can wait' })])
  const { logger } = keptLog()
  const webhooks = new Webhooks({
    store: Object.assign(Object.create(store) as Store, {
      leases: { holder: async () => 'another', pass: async () => false },
    }),
    nodes: { id: randomUUID(), others: ['another'], onLeft: () => undefined },
    people: { connected: async () => ({ found: new Set<number>(), isCertain: true }) },
    ...{ workspaces: { ids: ['demo'] }, limits: { webhookMs: 1_000, unreadMs: 1_000 } },
    ...{
      webhooks: webhooksOf([webhookTo(await startReceiver())], { workspaces: ['demo'] }),
      onUnread: undefined,
    },
    ...{ logger, meter: undefined },
  })
  await webhooks.start()
  onTestFinished(() => webhooks.stop())
  for (let n = 0; n < 50_000; n++) webhooks.grew({ workspace_id: 'demo', stream: `room:${n}` }, 1)
  webhooks.grew(last, 1)
  const row = () => store.deliveries.get('demo', 'hook', last.stream)
  await expect.poll(row, { timeout: 20_000 }).not.toBeNull()
})

it('[WH12] searches everything else while a page cannot be read, and then goes on there', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  for (let n = 0; n < 150; n++) await store.streams.append(roomKey(n), [draft({ message_data: `room ${n}` })])
  const other = { workspace_id: 'shop', stream: 'room:r' }
  await store.streams.append(other, [draft({ message_data: 'behind it' })])
  const asked: string[] = []
  let isDamaged = true
  const names: Store['streams']['names'] = (workspaceId, after, limit) => {
    asked.push(`${workspaceId} ${after}`)
    if (isDamaged && after === 'room:r099') throw new Error('a damaged page')
    return store.streams.names(workspaceId, after, limit)
  }
  const noted = new Set<string>()
  const unnoted = new Unnoted({
    store: {
      streams: Object.assign(Object.create(store.streams) as Store['streams'], { names }),
      deliveries: store.deliveries,
    },
    noted: { add: (workspaceId, { stream }) => void noted.add(`${workspaceId} ${stream}`) },
    workspaces: () => ['demo', 'shop'],
    sinceOf: () => longAgo,
    logger: keptLog().logger,
  })
  onTestFinished(() => unnoted.stop())
  const follower = { id: 'hook', delayMs: 0, hasWorkspace: () => true, follows: () => true } as never
  unnoted.look(follower)
  await expect.poll(() => noted.has('shop room:r')).toBe(true)
  expect(noted.has('demo room:r149')).toBe(false)
  // Those that are wanted meanwhile come as far, and wait with it.
  for (let n = 0; n < 3; n++) unnoted.look(follower)
  await expect.poll(() => asked.filter((one) => one === 'demo room:r099').length).toBeGreaterThan(3)
  isDamaged = false
  const before = asked.length
  await expect.poll(() => noted.size).toBe(151)
  expect(asked.slice(before)).toEqual(['demo room:r099'])
})
