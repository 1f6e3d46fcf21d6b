import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { messagesIn, type TestSocket } from '../src/testing/connect.ts'
import { endOf, key, message } from './support/attacks.ts'
import { until } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'

const isGreeted = ({ frames }: TestSocket): boolean => frames.some(([event]) => event === 'hello')
const isConnected = ({ socket }: TestSocket): boolean => socket.connected

describeTwoServers(
  'a device at two servers on one Redis',
  ({ newUrl, open }) => {
    it('[NQ3] has one connection: the newest, wherever the others are, and one of two that come at once', async () => {
      const [east, west] = await open(newUrl(), 10_000)
      const device_id = randomUUID()
      const members = [await east.connect('ann'), await west.connect('ann')]
      for (const member of members) await member.request('join', { room: 'r' })
      /** Resolves once both servers have heard what the other said so far. */
      const exchange = async (): Promise<void> => {
        const sent = await Promise.all(members.map((one) => one.request('message_event', message('r'))))
        await until(() => {
          for (const { frames } of members)
            expect(messagesIn(frames).map(({ _id }) => _id)).toEqual(
              expect.arrayContaining(sent.map(({ _id }) => _id)),
            )
        })
      }
      let last = await east.connect('ann', { device_id })
      for (const server of [west, east, west]) {
        await exchange()
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
      await exchange()
      expect(counts()).toEqual(pairs.map(() => 1))
      expect([last, ...members].every(isConnected)).toBe(true)
    })
  },
  { withRedis: true },
)
