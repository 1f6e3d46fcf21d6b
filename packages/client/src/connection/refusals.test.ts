import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createChatServer, embeddedStore } from '@dowellchat/server'
import { expect, it, onTestFinished } from 'vitest'
import { openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'

const isOnline = ({ status }: { status: string }) => status === 'online'

it('[SE4] ten clients come back to a chat server that is closed and started again inside its http server', async () => {
  const http = createServer()
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void http.close(() => resolve())))
  const start = async () =>
    createChatServer({
      http,
      store: await embeddedStore({ path: ':memory:' }),
      workspaces: [{ id: 'demo', keys: ['demo-key'], guests: true }],
    })
  const first = await start()
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const clients = Array.from({ length: 10 }, (_, n) => openClient(url, `user${n}`))
  const statuses = clients.map((client) => {
    const seen = new Set<string>()
    client.connection.subscribe(() => seen.add(client.connection.getSnapshot().status))
    client.connect()
    return seen
  })
  for (const { connection } of clients) await until(connection, isOnline)
  await first.close()
  // Each tries again meanwhile, and finds a server that is closed or closing.
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const second = await start()
  onTestFinished(() => second.close())
  for (const { connection } of clients) await until(connection, isOnline)
  expect(statuses.filter((seen) => !seen.has('offline'))).toEqual([])
  expect(statuses.filter((seen) => seen.has('refused'))).toEqual([])
})

it('[SE4] waits as long as the server asks before it tries again, and takes an unknown code by its flag', async () => {
  const later = { ...refusalOf('rate_limited', { retry_after_ms: 1_000 }), code: 'busy_for_now' }
  const times: number[] = []
  const { url } = await openFakeServer({
    admit(_auth, n) {
      times.push(Date.now())
      return n <= 2 ? later : helloOf('ann')
    },
  })
  const ann = openClient(url, 'ann')
  ann.connect()
  const { error } = await until(ann.connection, ({ status }) => status === 'offline')
  expect(error).toMatchObject({ code: 'busy_for_now', retrying: true, retryAfterMs: 1_000 })
  await until(ann.connection, isOnline)
  const [first = 0, second = 0, third = 0] = times
  // By the clock of timers, which may be a millisecond early.
  expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(999)
})

it('[SE4] stops trying when it is let go', async () => {
  const { url, handshakes } = await openFakeServer({ admit: () => refusalOf('unavailable') })
  const ann = openClient(url, 'ann')
  ann.connect()
  await until(ann.connection, ({ status }) => status === 'offline')
  ann.close()
  const { length } = handshakes
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  expect([handshakes.length, ann.connection.getSnapshot().status]).toEqual([length, 'idle'])
})
