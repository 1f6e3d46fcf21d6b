import { expect, it, onTestFinished } from 'vitest'
import { redisBus } from '../src/nodes/redis-bus.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { openChat } from '../src/testing/connect.ts'
import { gate } from './support/gate.ts'
import { type Loss, lossyBus } from './support/lossy-bus.ts'
import { ended, ring, rings } from './support/phones.ts'
import { describeTwoServers } from './support/two-servers.ts'

const storeMs = 10_000

describeTwoServers(
  'a server that has missed something of its calls',
  (servers) => {
    /** Opens two servers, of which the second one loses what it is told to, and reads a call as it is told to. */
    async function open(onRead: () => void, limits = {}) {
      const url = servers.newUrl()
      const loss: Loss = { every: 0 }
      const east = await servers.openOne(url, storeMs)
      const store = await mongoStore({ url, deadlineMs: storeMs })
      const west = await openChat(onTestFinished, {
        store: {
          ...store,
          calls: {
            ...store.calls,
            async get(...call) {
              onRead()
              return store.calls.get(...call)
            },
          },
        },
        keyPepper: 'the pepper of both servers',
        bus: lossyBus(redisBus({ url: servers.redis.url, channel: new URL(url).pathname }), loss),
        limits,
      })
      return { east, west, loss }
    }

    it('[NO12] [CA17] looks after its own calls, though it cannot read how others are', async () => {
      const read = gate()
      const cannotRead = (): void => {
        read.open()
        throw new Error('cannot be read')
      }
      const { east, west, loss } = await open(cannotRead, { ringMs: 3_000 })
      const [ann, bob, cai] = [
        await east.connect('ann'),
        await west.connect('bob'),
        await west.connect('cai'),
      ]
      const first = await ring(ann, 'bob')
      expect(await bob.heard(1)).toEqual([rings(first, 'ann')])
      loss.every = 1
      await read.opened
      const second = await ring(cai, 'bob')
      expect(await bob.heard(2)).toEqual([rings(second, 'cai'), ended(second, 'missed')])
    })

    it('[NO12] leaves a device alone that was busy, while its call rings on', async () => {
      let read = gate()
      const { east, west, loss } = await open(() => read.open())
      const ann = await east.connect('ann')
      const [busy, free] = [await west.connect('bob'), await west.connect('bob')]
      const callId = await ring(ann, 'bob')
      for (const one of [busy, free]) await one.heard(1)
      await busy.request('rejectCall', { callId, reason: 'busy' })
      loss.every = 1
      for (let n = 0; n < 2; n++) {
        await read.opened
        read = gate()
      }
      for (const one of [busy, free]) expect(await one.heard()).toEqual([])
      await ann.request('endCall', { callId })
      expect(await free.heard(1)).toEqual([ended(callId, 'cancelled')])
      expect(await busy.heard()).toEqual([])
    })
  },
  { withRedis: true },
)
