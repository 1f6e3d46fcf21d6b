import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { embeddedStore } from '@dowellchat/server'
import { startServer } from '@dowellchat/server/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ChatClientOptions, createChatClient } from '../client.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { authOf, openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'
import { textsOf } from '../testing/texts-of.ts'

type Fake = Awaited<ReturnType<typeof openFakeServer>>
type Options = Pick<ChatClientOptions, 'transports'>

it('[DR6] clients are offline during a restart inside an http server, then level again: nothing is lost or doubled', async () => {
  const http = await openHttp()
  const kept = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => kept.close())
  const store = { ...kept, close: async () => {} }
  const first = await startServer({ http, store })
  const people = []
  for (let n = 0; n < 10; n++) people.push(await enter(http, `user${n}`))
  await Promise.all(people.map(({ user, room }) => room.send(`before, by ${user}`)))

  // Some of these arrive while it closes.
  const sending = people.map(({ user, room }) => room.send(`during, by ${user}`))
  await first.close()
  for (const { client } of people) await until(client.connection, ({ status }) => status === 'offline')
  const second = await startServer({ http, store })
  onTestFinished(() => second.close())

  for (const { client, room } of people) {
    await until(client.connection, ({ status }) => status === 'online')
    await until(room, ({ sync }) => sync === 'live')
  }
  await Promise.all(sending)
  const sent = people.flatMap(({ user }) => [`before, by ${user}`, `during, by ${user}`]).sort()
  for (const { room, statuses } of people) {
    await expect.poll(() => textsIn(room)).toEqual(sent)
    expect([...statuses]).not.toContain('refused')
  }
})

it('[DR7] clients that are cut at once come back at different times', async () => {
  const count = 20
  const times: number[] = []
  const { url, sockets } = await openFakeServer({
    admit({ user_id }) {
      times.push(performance.now())
      return helloOf(String(user_id))
    },
  })
  const clients = Array.from({ length: count }, (_, n) => openClient(url, `user${n}`))
  for (const client of clients) client.connect()
  for (const { connection } of clients) await until(connection, ({ status }) => status === 'online')
  for (const { conn } of sockets) conn.close()
  await expect.poll(() => times.length).toBe(2 * count)
  const back = times.slice(count)
  // Each waits any time up to a second: that twenty come within a fifth of it does not happen.
  expect(Math.max(...back) - Math.min(...back)).toBeGreaterThan(200)
})

describe('[DR13] a client that has worked for a second', () => {
  const retries = { lateMs: 500, soonMs: 150 }

  /** How long clients wait before they try again, where every random number is a half. */
  async function waitsAfter(
    end: (io: Fake['io']) => void,
    upMs: number,
    options: Options,
  ): Promise<number[]> {
    const { url, io, handshakes } = await openFakeServer({ admit: ({ user_id }) => helloOf(String(user_id)) })
    onTestFinished(() => void vi.restoreAllMocks())
    // On a slow machine it would have worked for a second by then.
    if (upMs === 0) vi.spyOn(Date, 'now').mockReturnValue(Date.now())
    const client = createChatClient({ url, auth: authOf('ann'), ...options })
    onTestFinished(() => client.close())
    client.connect()
    await until(client.connection, ({ status }) => status === 'online')
    await expect.poll(() => io.engine.clientsCount).toBe(1)
    if (upMs > 0) await new Promise((resolve) => setTimeout(resolve, upMs))
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const timers = vi.spyOn(globalThis, 'setTimeout')
    end(io)
    await expect.poll(() => handshakes.length).toBe(2)
    const waits = timers.mock.calls.map(([, ms]) => Number(ms))
    vi.restoreAllMocks()
    return waits.filter((ms) => ms === retries.lateMs || ms === retries.soonMs)
  }

  const letGo = (io: Fake['io']) => {
    for (const { conn } of io.of('/').sockets.values()) conn.close()
  }
  const cut = (io: Fake['io']) => {
    for (const { conn } of io.of('/').sockets.values()) {
      const { socket } = conn.transport as unknown as { readonly socket: { terminate(): void } }
      socket.terminate()
    }
  }
  const overWebSocket = { transports: ['websocket'] } as const
  const overHttp = { transports: ['polling'] } as const

  it('comes back in a moment where the server lets it go, over either transport', async () => {
    expect(await waitsAfter(letGo, 1_200, overWebSocket)).toEqual([retries.soonMs])
    expect(await waitsAfter(letGo, 1_200, overHttp)).toEqual([retries.soonMs])
  })

  it('waits longer where the connection breaks, or was let go at once', async () => {
    expect(await waitsAfter(cut, 1_200, overWebSocket)).toEqual([retries.lateMs])
    expect(await waitsAfter(letGo, 0, overWebSocket)).toEqual([retries.lateMs])
  })
})

it('[TR13] begins with a WebSocket where the last connection was one, and with HTTP after a failure', async () => {
  const { url, io, sockets } = await openFakeServer({ admit: ({ user_id }) => helloOf(String(user_id)) })
  const client = openClient(url, 'ann')
  client.connect()
  const firstOf = (n: number) => sockets[n]?.conn.request.url?.match(/transport=(\w+)/)?.[1]
  const upgraded = (n: number) => expect.poll(() => sockets[n]?.conn.transport.name).toBe('websocket')
  await upgraded(0)
  sockets[0]?.conn.close()
  await upgraded(1)
  expect([firstOf(0), firstOf(1)]).toEqual(['polling', 'websocket'])

  let refused = 0
  io.engine.opts.allowRequest = (request, answer) => {
    const isWebSocket = /transport=websocket/.test(request.url ?? '')
    if (isWebSocket && refused === 0) refused += 1
    answer(null, !isWebSocket || refused > 1)
  }
  sockets[1]?.conn.close()
  await expect.poll(() => firstOf(2)).toBe('polling')
  expect(refused).toBe(1)
})

async function openHttp(): Promise<Server> {
  const http = createServer((_request, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void http.close(() => resolve())))
  return http
}

async function enter(http: Server, user: string) {
  const client = openClient(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, user)
  const statuses = new Set<string>()
  client.connection.subscribe(() => statuses.add(client.connection.getSnapshot().status))
  client.connect()
  const room = client.rooms.messages('lobby')
  onTestFinished(room.retain())
  await until(room, ({ sync }) => sync === 'live')
  return { user, client, statuses, room }
}

/** The texts of what is stored, in order of the alphabet. */
function textsIn(room: LiveStream): string[] {
  const stored = room.getSnapshot().messages.filter(({ delivery }) => delivery === 'sent')
  return textsOf(stored).sort()
}
