import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { TestChat } from '../src/testing/connect.ts'
import { raisedLimits } from '../src/testing/start-server.ts'
import { gate } from './support/gate.ts'
import { describeTwoServers } from './support/two-servers.ts'

const storeMs = 30_000
/** Half of it is how long clients are kept at most. */
const drainMs = 6_000
const limits = { ...raisedLimits, drainMs, beforeMessageMs: 60_000, beforeMessageCalls: 1_000 }

/** Lets a server with a hundred clients stop. */
async function stopWithClients(chat: TestChat) {
  const clients = await Promise.all(Array.from({ length: 100 }, (_, n) => chat.connect(`client ${n}`)))
  const began = performance.now()
  const closed = chat.server.close().then(() => performance.now() - began)
  const left = () => clients.filter(({ socket }) => socket.connected).length
  return { closed, left }
}

describeTwoServers(
  'a server that stops beside another one',
  ({ open, openOne, newUrl }) => {
    it.each([
      ['until that one has caught up', true],
      ['for a bounded time', false],
    ])('[DR14] keeps its clients while the other one is behind, %s', async (_, catchesUp) => {
      const { opened, open: answer } = gate()
      let asked = 0
      const beforeMessage = async () => {
        asked += 1
        await opened
        return undefined
      }
      const [east, west] = await open(newUrl(), storeMs, { limits, beforeMessage })
      const busy = await Promise.all(Array.from({ length: 60 }, (_, n) => west.connect(`busy ${n}`)))
      for (const { socket } of busy) {
        const message = { room_id: randomUUID(), message_data: 'Hello', cid: randomUUID() }
        socket.emit('message_event', message)
      }
      await expect.poll(() => asked).toBe(busy.length)

      const { closed, left } = await stopWithClients(east)
      await pause(drainMs / 3)
      expect(left()).toBeGreaterThan(25)
      if (catchesUp) answer()
      const tookMs = await closed
      expect(left()).toBe(0)
      if (!catchesUp) expect(tookMs).toBeGreaterThan(0.9 * drainMs)
      answer()
    })

    it('[DR14] takes one that does not answer for one that is behind', async () => {
      const url = newUrl()
      const east = await openOne(url, storeMs, { limits })
      const { nodes, close } = await mongoStore({ url, deadlineMs: storeMs })
      const silent = randomUUID()
      const beating = setInterval(() => nodes?.beat(silent), 300)
      onTestFinished(async () => {
        clearInterval(beating)
        await close()
      })
      await expect.poll(async () => (await east.server.ready()).servers?.others).toBe(1)
      const { closed, left } = await stopWithClients(east)
      await pause(drainMs / 3)
      expect(left()).toBeGreaterThan(25)
      await closed
      expect(left()).toBe(0)
    })
  },
  { withRedis: true },
)
