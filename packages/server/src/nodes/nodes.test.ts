import { expect, it, vi } from 'vitest'
import { until } from '../../tests/support/sockets.ts'
import { describeTwoServers } from '../../tests/support/two-servers.ts'
import { messagesIn } from '../testing/connect.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describeTwoServers(
  'two servers on one MongoDB and one Redis',
  ({ newUrl, open }) => {
    it('[NB1] tell each other at once that a stream has grown', async () => {
      const [east, west] = await open(newUrl(), 10_000)
      const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
      for (const one of [ann, ben]) await one.request('join', { room: 'r' })
      const sent = await ann.request('message_event', {
        room_id: 'r',
        message_data: 'hello',
        cid: crypto.randomUUID(),
      })
      await until(() => expect(messagesIn(ben.frames)).toEqual([sent]))
    })
  },
  { withRedis: true },
)
