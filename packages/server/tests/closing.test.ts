import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { expect, it, onTestFinished } from 'vitest'
import type { Logger } from '../src/logger.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat } from '../src/testing/connect.ts'
import { startServer } from '../src/testing/index.ts'
import { askHttp, askUpgrade } from './support/http-ask.ts'
import { temporaryFolder } from './support/server-process.ts'
import { until } from './support/sockets.ts'

const admin = { role: 'admin' }
const demo = { workspace_id: 'demo', api_key: 'demo-key' }

/** A store in memory, or another one, that makes topics only once the gate is open. */
async function gatedStore(path = ':memory:') {
  const store = await embeddedStore({ path })
  let open = (): void => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let arrived = 0
  const create: Store['topics']['create'] = async (...args) => {
    arrived += 1
    await gate
    return store.topics.create(...args)
  }
  return { store: { ...store, topics: { ...store.topics, create } }, open, arrived: () => arrived }
}

function newTopic(name = 'billing') {
  return { name, cid: randomUUID() }
}

it('[DR1] answers no handshake while it closes', async () => {
  const { store, open, arrived } = await gatedStore()
  const chat = await openChat(onTestFinished, { store })
  const asking = await chat.connect('root', admin)
  const knocking = io(chat.url, {
    transports: ['websocket'],
    reconnection: false,
    auth: (send) => {
      knock = () => send({ protocol: 1, ...demo, user_id: 'late' })
    },
  })
  onTestFinished(() => void knocking.close())
  let knock: (() => void) | undefined
  const heard: unknown[] = []
  knocking.on('connect_error', (error) => heard.push(error))
  const isGone = new Promise((resolve) => knocking.io.on('close', resolve))
  await until(() => expect(knock).toBeDefined())
  const answer = asking.request('create_topic', newTopic())
  await until(() => expect(arrived()).toBe(1))

  const closed = chat.server.close()

  const handshake = `${chat.url}/socket.io/?EIO=4&transport=`
  const refusals = [await askHttp(`${handshake}polling`), await askUpgrade(`${handshake}websocket`)]
  for (const { status, headers, body } of refusals) {
    expect([status, Number(headers['retry-after'])]).toEqual([
      503,
      expect.toSatisfy((seconds) => seconds > 0),
    ])
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'unavailable', retryable: true } })
  }
  knock?.()
  await isGone
  expect(heard).toEqual([])
  open()
  expect(await answer).toMatchObject({ name: 'billing' })
  await closed
})

it('[DP4] sends requests of connections that it does not know to another server while it closes', async () => {
  const { store, open, arrived } = await gatedStore()
  const chat = await openChat(onTestFinished, { store })
  const polly = await chat.connect('polly', admin, { transports: ['polling'] })
  const unknown = `${chat.url}/socket.io/?EIO=4&sid=elsewhere&transport=`
  expect(await askHttp(`${unknown}polling`)).toMatchObject({ status: 400 })
  const answer = polly.ask('create_topic', newTopic())
  await until(() => expect(arrived()).toBe(1))

  const closed = chat.server.close()

  for (const { status, body } of [
    await askHttp(`${unknown}polling`),
    await askUpgrade(`${unknown}websocket`),
  ]) {
    expect(status).toBe(503)
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'unavailable', retryable: true } })
  }
  open()
  expect(await answer).toMatchObject({ status: 'success' })
  await closed
})

it('[DR2] answers what it has in hand, on both transports and in both dialects, before it closes a connection', async () => {
  const { store, open, arrived } = await gatedStore()
  const chat = await openChat(onTestFinished, { store })
  const sockets = [
    await chat.connect('root', admin),
    await chat.connect('polly', admin, { transports: ['polling'] }),
    await chat.connectV2({ ...demo, user_id: 'page', ...admin }),
  ]
  const answers = sockets.map((socket, n) => socket.ask('create_topic', { ...demo, ...newTopic(`t${n}`) }))
  await until(() => expect(arrived()).toBe(sockets.length))

  const closed = chat.server.close()
  setTimeout(open, 100)

  for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: 'success' })
  await closed
  for (const socket of sockets) await socket.closed()
})

it('[DR2] cuts what takes longer than it may, says so, and a repetition finds it once', async () => {
  const path = temporaryFolder()
  const { store, open, arrived } = await gatedStore(path)
  const lines: [message: string, fields: object][] = []
  const log = (fields: object, message: string) => void lines.push([message, fields])
  const logger: Logger = { info() {}, warn: log, error: log }
  const chat = await openChat(onTestFinished, { store, logger, limits: { finishMs: 300 } })
  const root = await chat.connect('root', admin)
  const payload = newTopic()
  const unanswered = root.ask('create_topic', payload)
  await until(() => expect(arrived()).toBe(1))

  const closing = chat.server.close()
  await expect(unanswered).rejects.toThrow('not acknowledged')
  open()
  await closing
  expect(lines).toContainEqual([expect.stringMatching(/not finished in time/), { requests: 1 }])

  const again = await openChat(onTestFinished, { store: await embeddedStore({ path }) })
  const back = await again.connect('root', admin)
  await back.request('create_topic', payload)
  expect(await back.request('get_all_topics', {})).toMatchObject([{ name: 'billing' }])
})

it('[DR3] closes connections one after the other, and takes requests of each until its turn', async () => {
  const chat = await openChat(onTestFinished)
  const sockets = []
  for (let n = 0; n < 30; n++) sockets.push(await chat.connect(`user${n}`))
  const endings: number[] = []
  for (const { socket } of sockets) socket.once('disconnect', () => endings.push(performance.now()))
  const last = sockets.at(-1)

  const closed = chat.server.close()
  await sockets[0]?.closed()
  await last?.request('join', { room: 'lobby' })
  await closed

  await until(() => expect(endings).toHaveLength(sockets.length))
  // 29 times 10 ms, and timers are not early by more than a millisecond each.
  expect((endings.at(-1) ?? 0) - (endings[0] ?? 0)).toBeGreaterThan(200)
})

it('[DR3, DR5] plain clients come back by themselves when it starts again inside its http server', async () => {
  const http = createServer((_request, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void http.close(() => resolve())))
  const first = await startServer({ http })
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const clients = Array.from({ length: 10 }, (_, n) => plainClient(url, n))
  await until(() => expect(clients.filter(({ socket }) => socket.connected)).toHaveLength(10))

  await first.close()
  await until(() => expect(clients.filter(({ socket }) => socket.connected)).toEqual([]))
  expect((await fetch(url)).status).toBe(404)
  const second = await startServer({ http })
  onTestFinished(() => second.close())

  await until(() => expect(clients.filter(({ socket }) => socket.connected)).toHaveLength(10))
  expect(clients.flatMap(({ reasons }) => reasons)).not.toContain('io server disconnect')
})

it('[DR4] closes once, however often it is asked', async () => {
  const server = await startServer()
  const closings = [server.close(), server.close()]
  expect(closings[0]).toBe(closings[1])
  await Promise.all([...closings, server.close()])
})

it('[DR4] does not wait for a client that says nothing any more', async () => {
  const chat = await openChat(onTestFinished)
  const deaf = await chat.connect('deaf')
  pauseReading(deaf.socket)
  await chat.server.close()
})

/** Some of both transports, and of both dialects. */
function plainClient(url: string, n: number): { socket: Socket; reasons: string[] } {
  const reasons: string[] = []
  const transports = n % 3 === 0 ? ['polling'] : n % 3 === 1 ? ['websocket'] : ['polling', 'websocket']
  const auth = n % 2 === 0 ? {} : { protocol: 1, ...demo, user_id: `user${n}` }
  const socket = io(url, { transports, auth, forceNew: true })
  socket.on('disconnect', (reason) => reasons.push(reason))
  onTestFinished(() => void socket.close())
  return { socket, reasons }
}

/** The other side's goodbye is never read. */
function pauseReading({ io: { engine } }: Socket): void {
  const { ws } = engine.transport as unknown as { ws: { pause(): void } }
  ws.pause()
}
