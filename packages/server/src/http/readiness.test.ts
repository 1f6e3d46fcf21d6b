import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished, vi } from 'vitest'
import { askHttp } from '../../tests/support/http-ask.ts'
import { temporaryFolder } from '../../tests/support/server-process.ts'
import type { ChatServerOptions } from '../chat-server.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Store, type StoreHealth, StoreUnavailableError } from '../stores/store.ts'
import { openChat } from '../testing/connect.ts'
import { LoopWatch } from './loop-watch.ts'

/** A store whose tiny read is what the test makes it, and how often it was asked. */
async function openAsked(options: Partial<ChatServerOptions> = {}) {
  const { health: _, ...memory } = await embeddedStore({ path: ':memory:' })
  const head = vi.fn(memory.changes.head)
  // As a store of a team's own may be, which has no `health`.
  const store: Store = { ...memory, changes: { ...memory.changes, head } }
  // A machine that pauses makes no test less ready.
  const limits = { loopMs: 60_000, ...options.limits }
  const chat = await openChat(onTestFinished, { store, ...options, limits })
  head.mockClear()
  const ready = async () => {
    const { status, body } = await askHttp(`${chat.url}/ready`)
    return { status, ...JSON.parse(body) }
  }
  return { chat, head, ready }
}

const nobodyWaits = () => new Promise<never>(() => undefined)

it('[OM1] is alive and ready, whatever the query, also for HEAD', async () => {
  const { chat } = await openAsked()
  for (const query of ['', '?', '?x=1', '?at=%2F&y']) {
    const alive = await askHttp(`${chat.url}/health${query}`)
    expect(alive).toMatchObject({ status: 200, body: '{"status":"ok"}' })
    expect(alive.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' })
    expect(await askHttp(`${chat.url}/ready${query}`)).toMatchObject({
      status: 200,
      body: '{"ready":true,"reasons":[]}',
    })
  }
  expect(await askHttp(`${chat.url}/ready`, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  for (const path of ['/healthy', '/ready/', '/x/ready'])
    expect(await askHttp(`${chat.url}${path}`)).toMatchObject({ status: 404 })
  expect(await askHttp(`${chat.url}/ready`, { method: 'POST' })).toMatchObject({ status: 404 })
})

it('[OM2] is not ready while the store rejects, and ready again once it answers', async () => {
  const { chat, head, ready } = await openAsked()
  head.mockRejectedValue(new StoreUnavailableError('/dev/secret'))
  const answer = await ready()
  expect(answer).toEqual({
    status: 503,
    ready: false,
    reasons: [{ code: 'store', message: 'The store cannot be read' }],
  })
  expect(await askHttp(`${chat.url}/health`)).toMatchObject({ status: 200 })
  head.mockResolvedValue(0)
  await expect.poll(ready).toMatchObject({ status: 200 })
})

it('[OM2] is not ready while the store says that it cannot read or write, and tells nothing of its own', async () => {
  const memory = await embeddedStore({ path: ':memory:' })
  const well = { reads: true, writes: true, problem: null, damaged: 0 }
  const health = vi.fn(async (): Promise<StoreHealth> => well)
  const { chat, ready } = await openAsked({ store: { ...memory, health } })
  expect(await ready()).toMatchObject({ status: 200 })
  health.mockResolvedValue({ ...well, writes: false, problem: '/srv/chat is full' })
  await expect.poll(ready).toMatchObject({ status: 503 })
  const message = 'The store cannot be written'
  expect(await chat.server.ready()).toEqual({ ready: false, reasons: [{ code: 'store', message }] })
  health.mockResolvedValue({ ...well, reads: false, problem: 'no such host' })
  await expect.poll(async () => JSON.stringify(await ready())).toMatch(/cannot be read/)
})

it('[OM7] is not alive once the thread of the store has ended', async () => {
  const sent = vi.spyOn(Worker.prototype, 'postMessage')
  const store = await embeddedStore({ path: temporaryFolder() })
  await store.changes.head()
  const [worker] = sent.mock.contexts
  sent.mockRestore()
  if (!(worker instanceof Worker)) throw new Error('Expected a worker')
  const chat = await openChat(onTestFinished, { store, logger: { info() {}, warn() {}, error() {} } })
  expect(await askHttp(`${chat.url}/health`)).toMatchObject({ status: 200 })
  // What it cannot read ends it. Terminated while it reads, SQLite's addon would end the whole process.
  worker.postMessage('no batch')
  await expect(once(worker, 'exit')).rejects.toThrow('batch')
  expect(await askHttp(`${chat.url}/health`)).toMatchObject({
    status: 503,
    body: '{"status":"ended"}',
    headers: { 'cache-control': 'no-store' },
  })
  await expect(chat.server.health()).rejects.toThrow('restart the server')
})

it('[OM2] is not ready once the store has not answered in time', async () => {
  const { chat, head, ready } = await openAsked({ limits: { storeMs: 50 } })
  head.mockImplementation(nobodyWaits)
  expect(await ready()).toMatchObject({
    status: 503,
    reasons: [{ code: 'store', message: 'The store has not answered within 50 ms' }],
  })
  expect(await chat.server.health()).toEqual({ status: 'ok' })
})

it('[OM3] asks the store once a second, however many ask whether it is ready', async () => {
  const { chat, head } = await openAsked()
  const startedAt = performance.now()
  for (let round = 0; round < 20; round++) {
    const asked = Array.from({ length: 50 }, () => chat.server.ready())
    for (const { ready } of await Promise.all(asked)) expect(ready).toBe(true)
  }
  const seconds = Math.ceil((performance.now() - startedAt) / 1_000)
  expect(head.mock.calls.length).toBeLessThanOrEqual(seconds + 1 + looksIn(seconds))
})

it('[OM3] asks a store that hangs once at a time', async () => {
  const { chat, head } = await openAsked({ limits: { storeMs: 1_500 } })
  head.mockImplementation(nobodyWaits)
  const startedAt = performance.now()
  const answers = await Promise.all(Array.from({ length: 100 }, () => chat.server.ready()))
  expect(answers.every(({ ready }) => !ready)).toBe(true)
  const seconds = Math.ceil((performance.now() - startedAt) / 1_000)
  expect(head.mock.calls.length).toBeLessThanOrEqual(1 + looksIn(seconds))
})

/** How often the server itself looks for changes, beside the probes: every two seconds. */
function looksIn(seconds: number): number {
  return 1 + Math.floor(seconds / 2)
}

it('[OM4] is not ready while the event loop was blocked in the last seconds', async () => {
  const { ready } = await openAsked({ limits: { loopMs: 500 } })
  // A machine that pauses makes it wait for five seconds.
  await expect.poll(ready).toMatchObject({ status: 200 })
  const end = performance.now() + 1_500
  while (performance.now() < end);
  expect(await ready()).toMatchObject({ status: 503, reasons: [{ code: 'loop' }] })
})

it('[OM4] forgets a pause after five seconds', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let now = 0
  const loop = new LoopWatch(1_000, () => now)
  const tickAfter = (ms: number) => {
    now += ms
    vi.advanceTimersByTime(500)
    return loop.isBlocked
  }
  expect(tickAfter(500)).toBe(false)
  expect(tickAfter(1_400)).toBe(false)
  expect(tickAfter(1_600)).toBe(true)
  for (let n = 0; n < 9; n++) expect(tickAfter(500)).toBe(true)
  expect(tickAfter(500)).toBe(false)
  now += 1_600
  expect(loop.isBlocked, 'before its timer has run').toBe(true)
  loop.stop()
  expect(vi.getTimerCount()).toBe(0)
})

it('[OM5] is not ready once it closes, without asking the store', async () => {
  const { chat, head } = await openAsked()
  const closing = chat.server.close()
  head.mockImplementation(nobodyWaits)
  expect(await chat.server.ready()).toEqual({
    ready: false,
    reasons: [{ code: 'stopping', message: 'The server is stopping' }],
  })
  await closing
})

it('[OM5] answers 503 over HTTP while it finishes what is in hand, and still says that it is alive', async () => {
  const memory = await embeddedStore({ path: ':memory:' })
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const append: Store['streams']['append'] = async (...args) => {
    await held
    return memory.streams.append(...args)
  }
  const { chat, ready } = await openAsked({ store: { ...memory, streams: { ...memory.streams, append } } })
  const ann = await chat.connect('ann')
  const sent = ann.ask('message_event', { room_id: 'r', message_data: 'x', cid: randomUUID() })
  await ann.ask('leave', { room: 'another' })
  const closing = chat.server.close()
  expect(await ready()).toMatchObject({ status: 503, reasons: [{ code: 'stopping' }] })
  expect(await askHttp(`${chat.url}/health`)).toMatchObject({ status: 200 })
  release()
  expect(await sent).toMatchObject({ status: 'success' })
  await closing
})

it('[OM6] says by functions what an http server of the team can answer, and answers nothing there itself', async () => {
  const http = createServer(async ({ url }, response) => {
    const { ready, reasons } = await chat.server.ready()
    if (url === '/mine/ready') response.writeHead(ready ? 200 : 503).end(JSON.stringify(reasons))
    else response.writeHead(418).end()
  })
  const { chat, head } = await openAsked({ http })
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void http.close())
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  head.mockRejectedValue(new StoreUnavailableError('gone'))
  expect(await askHttp(`${url}/mine/ready`)).toMatchObject({
    status: 503,
    body: expect.stringContaining('store'),
  })
  for (const path of ['/health', '/ready', '/metrics'])
    expect(await askHttp(`${url}${path}`)).toMatchObject({ status: 418 })
})
