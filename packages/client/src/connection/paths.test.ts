import { startServer } from '@dowellchat/server/testing'
import { expect, it, onTestFinished } from 'vitest'
import { createChatClient } from '../client.ts'
import { authOf, until } from '../testing/chat.ts'

async function openServer(options: Parameters<typeof startServer>[0] = {}) {
  const server = await startServer(options)
  onTestFinished(() => server.close())
  return server.url
}

function openClient(url: string, path?: string, user = 'ann') {
  const client = createChatClient({ url, auth: authOf(user), ...(path !== undefined && { path }) })
  onTestFinished(() => client.close())
  client.connect()
  return client
}

it('[ED3] reaches a server at its path', async () => {
  const url = await openServer({ path: '/chat/socket.io' })
  const ann = openClient(url, '/chat/socket.io')
  await until(ann.connection, ({ status }) => status === 'online')
  expect(await ann.request.join({ room: 'lobby' })).toMatchObject({ stream: 'room:lobby' })
})

it('[ED5] is told that a path in the url is none of a server, and does not try again', async () => {
  const url = await openServer()
  const ann = openClient(`${url}/chat`)
  const { error } = await until(ann.connection, ({ status }) => status === 'refused')
  expect(error).toMatchObject({ code: 'not_found', retrying: false })
  expect(error?.message).toBe(
    `Leave the path out of the url ${url}/chat, and pass the path of the server's sockets as \`path\``,
  )
})

it('[ED5] is told of `path` where nobody answers at the url and it has a path', async () => {
  const url = await openServer({ path: '/chat/socket.io' })
  const ann = openClient(`${url}/chat`)
  const { error } = await until(ann.connection, ({ status }) => status === 'offline')
  expect(error).toMatchObject({ code: 'unavailable', retrying: true })
  expect(error?.message).toMatch(/^There is no answer from .*\/chat\. .* as `path`$/)
  const bob = openClient(url)
  const other = await until(bob.connection, ({ status }) => status === 'offline')
  expect(other.error?.message).toBe(`There is no answer from ${url}`)
})

it('[ED9] waits as long as a server with too many clients asks, and then comes in', async () => {
  const url = await openServer({ limits: { handshakes: 1, handshakesPerSecond: 1 } })
  const clients = ['ann', 'bob', 'cleo', 'dan'].map((user) => openClient(url, undefined, user))
  // One comes in at once, one waits in line.
  const late = await Promise.any(
    clients.map(async (client) => {
      const { error } = await until(client.connection, ({ status }) => status === 'offline')
      expect(error).toMatchObject({ code: 'rate_limited', retrying: true, retryAfterMs: expect.any(Number) })
      return client
    }),
  )
  await until(late.connection, ({ status }) => status === 'online')
})
