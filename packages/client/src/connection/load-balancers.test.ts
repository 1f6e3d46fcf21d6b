import { startServer } from '@dowellchat/server/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type ChatClientOptions, createChatClient } from '../client.ts'
import { authOf, until } from '../testing/chat.ts'
import { openRoundRobin } from '../testing/round-robin.ts'

/** Two servers behind a load balancer without sticky sessions. */
async function openServers(options?: Parameters<typeof openRoundRobin>[1]) {
  const servers = [await startServer(), await startServer()]
  onTestFinished(async () => {
    for (const server of servers) await server.close()
  })
  const urls = servers.map(({ url }) => url)
  return openRoundRobin(urls, options)
}

function open(url: string, user: string, options: Partial<ChatClientOptions> = {}) {
  const client = createChatClient({ url, auth: authOf(user), ...options })
  onTestFinished(() => client.close())
  const errors: string[] = []
  const statuses: string[] = []
  client.connection.subscribe(() => {
    const { status, error } = client.connection.getSnapshot()
    if (error && error.message !== errors.at(-1)) errors.push(error.message)
    if (status !== statuses.at(-1)) statuses.push(status)
  })
  client.connect()
  return { client, errors, statuses }
}

const cure = /transports.*sticky sessions/

it('[TR12] comes in by a WebSocket where the load balancer has no sticky sessions, says why, and stays', async () => {
  const { url } = await openServers()
  const people = Array.from({ length: 6 }, (_, n) => open(url, `user${n}`))
  for (const { client } of people) await until(client.connection, ({ status }) => status === 'online')
  for (const { errors, statuses } of people) {
    expect(statuses).toEqual(['connecting', 'offline', 'online'])
    expect(errors).toEqual([expect.stringMatching(cure)])
  }
  // Longer than a polling connection would live there.
  await new Promise((resolve) => setTimeout(resolve, 500))
  for (const { client } of people) expect(client.connection.getSnapshot().status).toBe('online')
})

it('[TR12] notices it too once it has connected by luck', async () => {
  const { url, asked } = await openServers({ luckyRequests: 6 })
  const { client, errors, statuses } = open(url, 'ann')
  await until(client.connection, ({ status }) => status === 'online')
  for (let n = 0; n < 6; n++) await client.request.leave({ room: 'lobby' }).catch(() => undefined)
  await expect.poll(() => statuses).toEqual(['connecting', 'online', 'offline', 'online'])
  expect(errors).toContainEqual(expect.stringMatching(cure))
  expect(asked.websocket).toBe(2)
  expect(client.connection.getSnapshot().status).toBe('online')
})

it('[TR12] returns by a WebSocket at the first try', async () => {
  const { url, asked, cutWebSockets } = await openServers()
  const { client, statuses } = open(url, 'ann')
  await until(client.connection, ({ status }) => status === 'online')
  const { polling } = asked
  cutWebSockets()
  await until(client.connection, ({ status }) => status === 'offline')
  await until(client.connection, ({ status }) => status === 'online')
  expect(asked.polling).toBe(polling)
  expect(statuses.filter((status) => status === 'online')).toHaveLength(2)
})

it('[TR12] tries everything again where WebSockets are blocked, and goes on saying what is wrong', async () => {
  const { url, asked } = await openServers({ blocksWebSockets: true })
  const { client, errors } = open(url, 'ann')
  await expect.poll(() => asked.websocket).toBeGreaterThanOrEqual(2)
  const { polling } = asked
  await expect.poll(() => asked.polling).toBeGreaterThan(polling)
  const { status, error } = client.connection.getSnapshot()
  expect(status).toBe('offline')
  expect(error?.message).toMatch(cure)
  expect(errors.every((text) => cure.test(text))).toBe(true)
})

it('[TR9, TR12] never leaves the transports that it was given', async () => {
  const { url, asked } = await openServers()
  const { client, errors } = open(url, 'ann', { transports: ['polling'] })
  await until(client.connection, ({ status }) => status === 'offline')
  expect(errors).toEqual([expect.stringMatching(cure)])
  const { polling } = asked
  await expect.poll(() => asked.polling).toBeGreaterThan(polling)
  expect(asked.websocket).toBe(0)
})

it('[TR10, TR12] names the cure and the guide in the console, once', async () => {
  vi.stubEnv('NODE_ENV', 'development')
  const spy = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => {
    vi.unstubAllEnvs()
    spy.mockRestore()
  })
  const { url } = await openServers()
  for (const user of ['ann', 'bob']) {
    const { client } = open(url, user)
    await until(client.connection, ({ status }) => status === 'online')
  }
  const said = () => spy.mock.calls.map(([text]) => String(text))
  await expect
    .poll(said)
    .toEqual([expect.stringMatching(/transports: \['websocket'\].*sticky.*docs\/guides\/load-balancers\.md/)])
})
