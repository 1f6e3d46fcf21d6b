import { expect, it, onTestFinished, vi } from 'vitest'
import type { Connection } from '../../connection/connection.ts'
import type { RequestMethods } from '../../requests/request.ts'
import { createIceServers } from './ice-servers.ts'

const own = { urls: 'stun:own.example' }
const socket = { connected: true } as Connection['socket']

/** Servers that a chat's server names, with credentials for 10 minutes. */
function open(answers: readonly (string | Error)[]) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const asked: number[] = []
  const start = Date.now()
  // Its clock is an hour ahead.
  const now = () => Date.now() + 3_600_000
  const request = {
    async get_ice_servers() {
      const answer = answers[asked.length] ?? 'last'
      asked.push((Date.now() - start) / 1_000)
      if (answer instanceof Error) throw answer
      return {
        ice_servers: [{ urls: 'turn:given.example', username: answer, credential: 'secret' }],
        expires_at: new Date(now() + 600_000).toISOString(),
      }
    },
  }
  // The two are all that is used of them.
  const ice = createIceServers({ now, socket } as Connection, request as unknown as RequestMethods, () => [
    own,
  ])
  return { ice, asked }
}

it('asks once for the calls of 9 minutes, and puts the application’s own first', async () => {
  const { ice, asked } = open(['first', 'second'])
  const given = { urls: 'turn:given.example', credential: 'secret' }
  expect(await ice.get()).toEqual([own, { ...given, username: 'first' }])
  await vi.advanceTimersByTimeAsync(539_000)
  expect(await ice.get()).toEqual([own, { ...given, username: 'first' }])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await ice.get()).toEqual([own, { ...given, username: 'second' }])
  expect(asked).toEqual([0, 540])
})

it('renews them while a call lasts', async () => {
  const { ice, asked } = open(['first', new Error('unavailable'), 'third'])
  await ice.get()
  const told: unknown[] = []
  const stop = ice.follow((servers) => told.push(servers.at(-1)?.username))
  await vi.advanceTimersByTimeAsync(620_000)
  expect(asked).toEqual([0, 540, 600])
  expect(told).toEqual(['first', 'third'])
  stop()
  await vi.advanceTimersByTimeAsync(1_200_000)
  expect(told).toHaveLength(2)
})

it('goes on with the application’s own where there are none, or they take too long', async () => {
  const { ice, asked } = open([new Error('unknown_event')])
  expect(await ice.get()).toEqual([own])
  expect(await ice.get()).toEqual([own])
  expect(asked).toHaveLength(1)
  const silent = { get_ice_servers: () => new Promise(() => {}) }
  const other = createIceServers({ socket } as Connection, silent as unknown as RequestMethods, () => [own])
  const servers = other.get()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await servers).toEqual([own])
})
