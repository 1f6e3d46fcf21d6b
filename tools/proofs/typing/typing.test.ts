import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { openChat } from '../../../packages/server/src/testing/connect.ts'
import { raisedLimits } from '../../../packages/server/src/testing/start-server.ts'
import { messagesIn } from '../../../packages/server/src/testing/test-socket.ts'
import { Flood } from './flood.ts'

const presenceMs = 300
const rooms = ['one', 'two', 'three']
const identity = { workspace_id: 'demo', api_key: 'demo-key' }

it('[PR12] keeps no message from its readers while everybody types, and stores nothing of it', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  let appended = 0
  let read = 0
  const streams: typeof store.streams = {
    ...store.streams,
    append(key, drafts) {
      appended += drafts.length
      return store.streams.append(key, drafts)
    },
  }
  const users: typeof store.users = {
    ...store.users,
    settings(...args) {
      read += 1
      return store.users.settings(...args)
    },
  }
  const chat = await openChat(onTestFinished, {
    store: { ...store, streams, users },
    limits: { ...raisedLimits, presenceMs },
  })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  for (const one of [ann, ben]) for (const room of rooms) await one.request('join', { room })
  const flood = new Flood({
    urls: [chat.url],
    identity,
    rooms,
    typists: 12,
    movers: 4,
    perSecond: 40,
    moves: 50,
    seed: 1,
  })
  onTestFinished(() => flood.close())
  await flood.open()
  const watched = Array.from({ length: 16 }, (_, at) => `flooder ${at}`)
  await ben.request('get_presence', { user_ids: watched })
  for (const room of rooms) await ben.request('get_room_presence', { room })
  const from = performance.now()
  flood.start()
  const sent: string[] = []
  for (let n = 0; n < 45; n++) {
    const room_id = rooms[n % rooms.length] as string
    const message_data = `Message ${n}`
    await ann.request('message_event', { room_id, message_data, cid: randomUUID() })
    sent.push(message_data)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await vi.waitFor(() => expect(messagesIn(ben.frames)).toHaveLength(sent.length), 15_000)
  flood.pause()
  const seconds = (performance.now() - from) / 1_000
  expect(messagesIn(ben.frames).map((message) => message.message_data)).toEqual(sent)
  expect(appended).toBe(sent.length)
  expect(flood.flooded.typing).toBeGreaterThan(200)

  const count = (name: string): number => ben.frames.filter(([event]) => event === name).length
  // 12 people in each of three rooms, each told of twice a second at most.
  expect(count('typing')).toBeLessThanOrEqual(rooms.length * 12 * 2 * (seconds + 1))
  const looks = seconds / (presenceMs / 1_000) + 2
  expect(count('presence_changed')).toBeLessThanOrEqual(looks)
  expect(count('room_presence')).toBeLessThanOrEqual(rooms.length * looks)
  // For each typist once, and with what the movers change; not with what is typed.
  expect(read).toBeLessThan(12 + flood.flooded.settings * 3 + flood.flooded.comings * 3 + 4 * looks)
  for (const room of rooms) {
    const { entries } = await ann.request('get_messages', {
      stream: `room:${room}`,
      before: 1_000,
      limit: 200,
    })
    expect(entries).toHaveLength(sent.length / rooms.length)
  }
})
