import { expect, it, onTestFinished, vi } from 'vitest'
import { createFakeClient } from '../fake-client/index.ts'
import { isLive, roomOf } from './testing/listed.ts'

it('[LR12] asks again and again while it is connected, and leaves nothing that runs after `close`', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const asked = (name: string) => fake.requests.filter((one) => one.name === name).length
  fake.answer('get_rooms', ({ before }) => ({
    rooms: before ? [] : [roomOf('a', 1) as never],
    more: !before,
  }))
  const [list, unread] = [fake.rooms.list(), fake.rooms.unread()]
  for (const one of [list, unread]) onTestFinished(one.retain())
  await expect.poll(() => isLive(list.getSnapshot()) && asked('get_unread')).toBe(1)
  const before = asked('get_rooms')
  expect(vi.getTimerCount()).toBeGreaterThan(0)
  vi.advanceTimersByTime(60_000)
  await expect.poll(() => asked('get_rooms')).toBeGreaterThan(before)

  fake.goOffline()
  expect(vi.getTimerCount()).toBe(0)
  await fake.goOnline()
  expect(vi.getTimerCount()).toBeGreaterThan(0)
  fake.close()
  expect(vi.getTimerCount()).toBe(0)
  fake.connect()
  await fake.ready()
  expect(vi.getTimerCount()).toBeGreaterThan(0)
})
