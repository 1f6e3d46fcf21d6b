import { randomUUID } from 'node:crypto'
import { errors, requests } from '@dowellchat/protocol'
import { Registry } from 'prom-client'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import { metricDefinitions } from '../src/metrics/definitions.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { type DamagedRow, type Store, StoreUnavailableError } from '../src/stores/store.ts'
import { openChat } from '../src/testing/connect.ts'
import { setAhead } from '../src/time.ts'
import { signUserToken } from '../src/tokens/index.ts'
import { samplesIn, valueIn } from './support/metric-text.ts'

async function openMeasured(options: Partial<ChatServerOptions> = {}) {
  const chat = await openChat(onTestFinished, { metrics: true, logger: silent, ...options })
  const scrape = async () => (await chat.server.metrics())?.text ?? ''
  const read = async (name: string, labels = {}) => valueIn(await scrape(), `dowellchat_${name}`, labels)
  return { chat, scrape, read }
}

const silent = { info() {}, warn() {}, error() {} }
const text = 'a text that no metric has'

it('[OM30] counts requests by name and result, and how long they took', async () => {
  const { chat, read } = await openMeasured()
  const ann = await chat.connect('ann')
  for (let n = 0; n < 3; n++)
    await ann.request('message_event', { room_id: 'r', message_data: text, cid: randomUUID() })
  expect(await ann.refusal('join', { room: text.repeat(100) })).toBe('invalid_payload')
  for (const name of ['nonsense', '__proto__', text])
    expect(await ann.refusal(name, {})).toBe('unknown_event')
  const page = await chat.connectV2()
  page.emit('join', { room: 'r' })
  page.emit('endCall')

  expect(await read('requests_total', { request: 'message_event', result: 'ok' })).toBe(3)
  expect(await read('requests_total', { request: 'join', result: 'invalid_payload' })).toBe(1)
  expect(await read('requests_total', { request: 'unknown', result: 'unknown_event' })).toBe(3)
  await expect.poll(() => read('requests_total', { request: 'join', result: 'ok' })).toBe(1)
  await expect.poll(() => read('requests_total', { request: 'endCall', result: 'not_found' })).toBe(1)
  expect(await read('request_seconds_count', { request: 'message_event' })).toBe(3)
  const seconds = (await read('request_seconds_sum', { request: 'message_event' })) ?? 0
  expect(seconds > 0 && seconds < 30).toBe(true)
})

it('[OM30] counts sockets by dialect, handshakes by result, and why sockets go', async () => {
  const { chat, read } = await openMeasured()
  const ann = await chat.connect('ann')
  await chat.connect('ben')
  await chat.connectV2()
  const eve = chat.open({ protocol: 1, workspace_id: 'demo', api_key: 'wrong', user_id: 'eve' })
  await eve.heard(1)
  expect(await read('connections', { dialect: 'current' })).toBe(2)
  expect(await read('connections', { dialect: 'v2' })).toBe(1)
  expect(await read('handshakes_total', { result: 'ok' })).toBe(3)
  expect(await read('handshakes_total', { result: 'unauthenticated' })).toBe(1)
  ann.socket.disconnect()
  await expect.poll(() => read('connections', { dialect: 'current' })).toBe(1)
  expect(await read('disconnects_total', { reason: 'client namespace disconnect' })).toBe(1)
})

it('[OM31] counts bytes, operations of the store and what waits', async () => {
  const { chat, read, scrape } = await openMeasured()
  const carl = await chat.connect('carl')
  const [sent, received] = [await read('sent_bytes_total'), await read('received_bytes_total')]
  const root = await chat.connect('root', { role: 'admin' })
  await root.request('create_topic', { name: 'sales', cid: randomUUID() })
  await carl.request('create_ticket', { product: 'sales', cid: randomUUID() })
  await carl.request('message_event', { room_id: 'r', message_data: 'x'.repeat(10_000), cid: randomUUID() })

  expect(await read('store_seconds_count', { operation: 'streams.append' })).toBe(1)
  expect(await read('store_seconds_count', { operation: 'tickets.create' })).toBe(1)
  await expect.poll(() => read('store_operations_in_flight')).toBe(0)
  await expect.poll(() => read('requests_in_flight')).toBe(0)
  for (const queue of ['streams', 'calls', 'audit'])
    expect(await read('queue_length', { queue })).toBeGreaterThanOrEqual(0)
  expect((await read('received_bytes_total')) ?? 0).toBeGreaterThan((received ?? 0) + 10_000)
  expect((await read('sent_bytes_total')) ?? 0).toBeGreaterThan(sent ?? 0)
  // Where the process has just stood still, the next look says so.
  await expect.poll(() => read('ready')).toBe(1)
  const labels = samplesIn(await scrape()).find(({ name }) => name === 'dowellchat_info')?.labels
  expect(labels?.version).toMatch(/^\d+\.\d+\.\d+/)
})

it('[OM31] counts what waits in a store that hangs, and what it fails', async () => {
  const memory = await embeddedStore({ path: ':memory:' })
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const append: Store['streams']['append'] = async () => {
    await held
    throw new StoreUnavailableError('gone')
  }
  const { chat, read } = await openMeasured({ store: { ...memory, streams: { ...memory.streams, append } } })
  const ann = await chat.connect('ann')
  const send = (n: number) =>
    ann.refusal('message_event', { room_id: `r${n}`, message_data: 'x', cid: randomUUID() })
  const sent = [1, 2, 3].map(send)
  await expect.poll(() => read('store_operations_in_flight')).toBe(3)
  expect(await read('requests_in_flight')).toBe(3)
  expect(await read('queue_length', { queue: 'streams' })).toBeGreaterThanOrEqual(0)
  release()
  expect(await Promise.all(sent)).toEqual(['unavailable', 'unavailable', 'unavailable'])
  expect(await read('store_failures_total', { operation: 'streams.append' })).toBe(3)
  expect(await read('log_lines_total', { level: 'error' })).toBe(3)
  expect(await read('store_operations_in_flight')).toBe(0)
})

it('[OM37] counts what limits refuse, by the limit', async () => {
  const limits = { socketPoints: 5, socketPointsPerSecond: 1, refusedRequests: 20, userConnections: 2 }
  const { chat, read } = await openMeasured({ limits })
  const ann = await chat.connect('ann')
  await chat.connect('ann')
  const third = chat.open({
    protocol: 1,
    workspace_id: 'demo',
    api_key: 'demo-key',
    user_id: 'ann',
    device_id: randomUUID(),
  })
  await third.heard(1)
  expect(await read('refusals_total', { limit: 'userConnections' })).toBe(1)
  for (let n = 0; n < 50; n++) ann.emit('leave', { room: 'r' })
  await expect.poll(() => read('refusals_total', { limit: 'abuse' })).toBe(1)
  expect((await read('refusals_total', { limit: 'socketPoints' })) ?? 0).toBeGreaterThanOrEqual(20)
})

it('[OM31] counts changes that all servers act on', async () => {
  const tokenSecret = 'a secret of the tests with 32 letters'
  const { chat, read } = await openMeasured({ tokens: { secrets: [tokenSecret] } })
  const token = await signUserToken(
    { user_id: 'root', role: 'admin', workspace_id: 'demo' },
    { secret: tokenSecret },
  )
  const root = await chat.connect('root', {
    token,
    workspace_id: undefined,
    api_key: undefined,
    user_id: undefined,
  })
  await root.request('revoke_sessions', { user_id: 'eve' })
  await expect.poll(() => read('shared_changes_total', { kind: 'sessions_revoked' })).toBe(1)
})

it('[OM31] counts the tickets that wait, at most every ten seconds', async () => {
  const { chat, read } = await openMeasured()
  const [carl, root] = [await chat.connect('carl'), await chat.connect('root', { role: 'admin' })]
  await root.request('create_topic', { name: 'sales', cid: randomUUID() })
  const ask = () => carl.request('create_ticket', { product: 'sales', cid: randomUUID() })
  for (let n = 0; n < 3; n++) await ask()
  expect(await read('tickets_waiting')).toBe(3)
  await ask()
  expect(await read('tickets_waiting')).toBe(3)
})

it('[OM31] counts the tickets that are overdue, by what was promised', async () => {
  const { chat, read } = await openMeasured()
  const [carl, root] = [await chat.connect('carl'), await chat.connect('root', { role: 'admin' })]
  await root.request('create_topic', { name: 'sales', cid: randomUUID() })
  const targets = { first_answer: 1, solved: 60 }
  await root.request('update_topic', { name: 'sales', targets })
  await carl.request('create_ticket', { product: 'sales', cid: randomUUID() })
  onTestFinished(() => setAhead(0))
  await setAhead(2 * 60_000)
  expect(await read('tickets_overdue', { target: 'first_answer' })).toBe(1)
  expect(await read('tickets_overdue', { target: 'solved' })).toBe(0)
})

it('[OM31] counts damaged rows', async () => {
  const memory = await embeddedStore({ path: ':memory:' })
  let damage: ((row: DamagedRow) => void) | undefined
  const onDamaged = (listener: typeof damage) => {
    damage = listener
  }
  const { read } = await openMeasured({ store: { ...memory, onDamaged } })
  expect(await read('damaged_rows_total')).toBe(0)
  for (const place of ['room:r 1', 'room:r 2'])
    damage?.({ workspace_id: 'demo', collection: 'entries', place, problem: 'no JSON' })
  expect(await read('damaged_rows_total')).toBe(2)
})

it('[OM31] gives the other metrics when one cannot be read', async () => {
  const memory = await embeddedStore({ path: ':memory:' })
  const countWaiting = () => Promise.reject(new StoreUnavailableError('gone'))
  const { read } = await openMeasured({ store: { ...memory, tickets: { ...memory.tickets, countWaiting } } })
  expect(await read('tickets_waiting')).toBeUndefined()
  expect(await read('connections', { dialect: 'v2' })).toBe(0)
})

it('[OM32] has the metrics that are listed and those of the process, with few labels and no ids', async () => {
  const { chat, scrape } = await openMeasured()
  const ann = await chat.connect('ann-the-canary')
  await ann.request('join', { room: 'canary-room' })
  await ann.refusal('canary-event', {})
  const read = await scrape()
  expect(read).not.toMatch(/canary/)
  for (const { name, help, type } of Object.values(metricDefinitions)) {
    expect(read).toContain(`# HELP ${name} ${help}`)
    expect(read).toContain(`# TYPE ${name} ${type}`)
  }
  expect(read).toContain('process_resident_memory_bytes')
  const listed = new Set(Object.values(metricDefinitions).map(({ name }) => name))
  const labelsOf = new Map(Object.values(metricDefinitions).map(({ name, labels }) => [name, labels]))
  for (const { name, labels } of samplesIn(read).filter((one) => one.name.startsWith('dowellchat_'))) {
    const metric = name.replace(/_(bucket|sum|count)$/, '')
    expect(listed).toContain(metric)
    const { le: _, ...others } = labels
    expect(Object.keys(others).every((label) => labelsOf.get(metric)?.includes(label))).toBe(true)
    if (labels.request) expect([...Object.keys(requests), 'unknown']).toContain(labels.request)
    if (labels.result) expect(['ok', ...Object.keys(errors)]).toContain(labels.result)
  }
})

it('[OM33] puts its metrics into the registry of a team, and takes them out when it closes', async () => {
  const registry = new Registry()
  const { chat, read } = await openMeasured({ metrics: registry })
  await chat.connect('ann')
  expect(valueIn(await registry.metrics(), 'dowellchat_connections', { dialect: 'current' })).toBe(1)
  expect(await read('connections', { dialect: 'current' })).toBe(1)
  expect(await registry.metrics()).not.toContain('process_cpu')
  await expect(openChat(onTestFinished, { metrics: registry })).rejects.toThrow(
    /metrics: the registry has dowellchat_info already/,
  )
  await chat.close()
  expect(registry.getMetricsAsArray()).toEqual([])
})

it('[OM33] leaves nothing in the registry of a team where it cannot start', async () => {
  const registry = new Registry()
  const limits = { userPoint: 1 } as object
  await expect(openChat(onTestFinished, { metrics: registry, limits })).rejects.toThrow(
    /userPoint is not among/,
  )
  expect(registry.getMetricsAsArray()).toEqual([])
})

it('[OM33] measures several servers of one process apart', async () => {
  const [one, two] = [await openMeasured(), await openMeasured()]
  await one.chat.connect('ann')
  expect(await one.read('connections', { dialect: 'current' })).toBe(1)
  expect(await two.read('connections', { dialect: 'current' })).toBe(0)
  for (const { scrape } of [one, two]) expect(await scrape()).toContain('process_resident_memory_bytes')
})

it('[OM33] has no metrics unless it is asked to', async () => {
  const chat = await openChat(onTestFinished)
  expect(await chat.server.metrics()).toBeUndefined()
})
