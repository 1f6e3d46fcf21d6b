import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createChatClient } from '../client.ts'
import { authOf, openChat, until } from '../testing/chat.ts'

// A fourth of the real times, which are only waited for.
vi.mock('./liveness-times.ts', async (original) => {
  const times = await original<typeof import('./liveness-times.ts')>()
  return Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, ms / 4]))
})

const isOffline = ({ status }: { status: string }) => status === 'offline'

it('[TR4] gives a silent server seconds: asked, or while somebody is looking', async () => {
  const { visibleMs, tickMs, askedMs, answerMs } =
    await vi.importActual<typeof import('./liveness-times.ts')>('./liveness-times.ts')
  // socket.io alone needs 45 seconds.
  expect([askedMs + answerMs, visibleMs + answerMs]).toEqual([6_000, 13_500])
  expect(tickMs).toBeLessThan(visibleMs)
})

it('[TR4] notices within seconds that nothing comes any more, whether it asks or is idle, and recovers by itself', async () => {
  const { server } = await openChat()
  const link = await openLink(server.url)
  const [asking, idle] = ['ann', 'bob'].map((user) => {
    const client = createChatClient({ url: link.url, auth: authOf(user) })
    onTestFinished(() => client.close())
    client.connect()
    return client
  })
  if (!asking || !idle) throw new Error('Two clients')
  const rooms = [asking, idle].map(({ rooms }) => rooms.messages('lobby'))
  for (const room of rooms) {
    onTestFinished(room.retain())
    await until(room, ({ sync }) => sync === 'live')
  }
  link.stall()
  const request = asking.request.get_rooms({})
  const failed = expect(request).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  const { error } = await until(asking.connection, isOffline)
  expect(error?.message).toBe('The server does not answer')
  await failed
  await until(idle.connection, isOffline)
  expect(rooms.map((room) => room.getSnapshot())).toMatchObject([
    { status: 'ready', sync: 'offline' },
    { status: 'ready', sync: 'offline' },
  ])
  link.flow()
  for (const room of rooms) await until(room, ({ sync }) => sync === 'live')
})
