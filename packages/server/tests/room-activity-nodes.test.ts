import { randomUUID } from 'node:crypto'
import { roomStream } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { describeTwoServers } from './support/two-servers.ts'

const deadlineMs = 60_000
const patience = { timeout: 20_000 }
/** Longer than a busy room rests after it was moved. */
const pauseMs = 11_000

/** Jumps ahead on the clock that pauses are counted with. */
function jumping(): (ms: number) => void {
  const now = performance.now.bind(performance)
  let aheadMs = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs)
  onTestFinished(() => clock.mockRestore())
  return (ms) => {
    aheadMs += ms
  }
}

/** A server, and how many lists it has moved a room up in, each time. */
async function openCounted(url: string) {
  const store = await mongoStore({ url, deadlineMs })
  const moves: number[] = []
  const looks: number[] = []
  let isDead = false
  const readers: Store['readers'] = {
    ...store.readers,
    async move(...args) {
      if (isDead) throw new Error('It has ended')
      const count = await store.readers.move(...args)
      moves.push(count)
      return count
    },
    ofStream(...args) {
      // Receipts ask for more.
      if (args[2].limit === 1) looks.push(1)
      return store.readers.ofStream(...args)
    },
  }
  const chat = await openChat(onTestFinished, { store: { ...store, readers }, keyPepper: 'one pepper' })
  return {
    chat,
    store,
    moves,
    /** Of each time that it looked whether another server moves the room, one. */
    looks,
    die: () => {
      isDead = true
    },
  }
}

describeTwoServers('A busy room on two servers', ({ newUrl }) => {
  it('[RL13] is moved up in the lists by one of them, and by the other once that one has ended', {
    timeout: 120_000,
  }, async () => {
    const url = newUrl()
    const servers = [await openCounted(url), await openCounted(url)] as const
    const members = Array.from({ length: 8 }, (_, n) => `reader ${n}`)
    const [ann, ben] = [await servers[0].chat.connect('ann'), await servers[1].chat.connect('ben')]
    const payload = { kind: 'members' as const, members: ['ben', ...members], cid: randomUUID() }
    const { _id: room } = await ann.request('create_room', payload)
    const say = (socket: TestSocket) =>
      socket.request('message_event', { room_id: room, message_data: 'Hello', cid: randomUUID() })
    const jump = jumping()
    const all = () => servers.flatMap(({ moves }) => moves.filter((count) => count > 0)).length
    /** Both have somebody who writes, both look, and the room is moved. */
    const round = async () => {
      jump(pauseMs)
      const [before, looked] = [all(), servers.map(({ looks }) => looks.length)]
      await Promise.all([say(ann), say(ben)])
      for (const [at, { looks }] of servers.entries())
        await expect.poll(() => looks.length, patience).toBeGreaterThan(looked[at] ?? 0)
      await expect.poll(all, patience).toBeGreaterThan(before)
    }
    const movesOf = () => servers.map(({ moves }) => moves.filter((count) => count > 0).length)

    await Promise.all([say(ann), say(ben)])
    await expect.poll(() => servers.every(({ moves }) => moves.length > 0), patience).toBe(true)
    for (const _ of [1, 2]) await round()
    // By now they know who does it.
    const before = movesOf()
    for (const _ of [1, 2, 3]) await round()
    const added = movesOf().map((count, at) => count - (before[at] ?? 0))
    // Both were due at once, so that either may have been first; never both.
    expect((added[0] ?? 0) + (added[1] ?? 0)).toBe(3)

    const [mover, other] = (added[0] ?? 0) > 1 ? servers : servers.toReversed()
    mover?.die()
    const writer = mover === servers[0] ? ben : ann
    const { created_at } = await say(writer)
    const activeAt = async () => {
      jump(pauseMs)
      const rows = await other?.store.readers.ofStream('demo', roomStream(room), { limit: 99 })
      return new Set(rows?.map(({ active_at }) => active_at))
    }
    await expect.poll(activeAt, { ...patience, interval: 1_500 }).toEqual(new Set([created_at]))
  })
})
