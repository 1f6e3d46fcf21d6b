import { randomUUID } from 'node:crypto'
import { expect, it, vi } from 'vitest'
import type { TestSocket } from '../src/testing/connect.ts'
import { endOf, key } from './support/attacks.ts'
import { until } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const isGreeted = ({ frames }: TestSocket): boolean => frames.some(([event]) => event === 'hello')
const isConnected = ({ socket }: TestSocket): boolean => socket.connected

describeTwoServers(
  'a device at two servers on one Redis',
  ({ newUrl, open }) => {
    it('[NQ3] has one connection: the newest, wherever the others are, and one of two that come at once', async () => {
      const [east, west] = await open(newUrl(), 10_000)
      const device_id = randomUUID()
      const bystander = await east.connect('ann')
      let last = await east.connect('ann', { device_id })
      for (const server of [west, east, west]) {
        const next = await server.connect('ann', { device_id })
        await until(() => expect(isConnected(last)).toBe(false))
        expect(endOf(last)).toMatchObject({ error: { code: 'conflict', details: 'replaced' } })
        expect(isConnected(next)).toBe(true)
        last = next
      }
      const pairs = Array.from({ length: 40 }, (_, n) => {
        const auth = { ...key, protocol: 1, user_id: `u${n}`, device_id: randomUUID() }
        return [east.open(auth), west.open(auth)]
      })
      await until(() => expect(pairs.flat().every(isGreeted)).toBe(true))
      const counts = () => pairs.map((pair) => pair.filter(isConnected).length)
      await until(() => expect(counts()).toEqual(pairs.map(() => 1)))
      // Whatever was still on its way has arrived once a later message has.
      const later = { device_id: randomUUID() }
      const first = await east.connect('bob', later)
      await west.connect('bob', later)
      await until(() => expect(isConnected(first)).toBe(false))
      expect(counts()).toEqual(pairs.map(() => 1))
      expect([isConnected(last), isConnected(bystander)]).toEqual([true, true])
    })
  },
  { withRedis: true },
)
