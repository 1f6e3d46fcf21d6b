import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { embeddedStore } from '@dowellchat/server'
import { startServer } from '@dowellchat/server/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { LiveStream } from '../messages/stream.ts'
import { openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'
import { textsOf } from '../testing/texts-of.ts'

vi.setConfig({ testTimeout: 60_000 })

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
    await expect.poll(() => textsIn(room), { timeout: 10_000 }).toEqual(sent)
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
  await expect.poll(() => times.length, { timeout: 10_000 }).toBe(2 * count)
  const back = times.slice(count)
  // Each waits any time up to a second: that twenty come within a fifth of it does not happen.
  expect(Math.max(...back) - Math.min(...back)).toBeGreaterThan(200)
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
