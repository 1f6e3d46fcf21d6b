import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { redisBus } from '../src/nodes/redis-bus.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestChat } from '../src/testing/connect.ts'
import { comeBack, heardAfterHello } from './support/drop.ts'
import { gate } from './support/gate.ts'
import { type Loss, lossyBus } from './support/lossy-bus.ts'
import { accepted, answer, callTo, ended, ring, rings } from './support/phones.ts'
import { until } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'

const storeMs = 10_000

describeTwoServers(
  'calls on two servers, of which one does not hear the other',
  (servers) => {
    /** Opens two servers, and says what the second one loses of what the first one says. */
    async function openDeaf(
      change = (store: Store) => store,
      changeOther = (store: Store) => store,
    ): Promise<[TestChat, TestChat, Loss]> {
      const url = servers.newUrl()
      const loss: Loss = { every: 0 }
      const store = change(await mongoStore({ url, deadlineMs: storeMs }))
      const channel = new URL(url).pathname
      const east = await openChat(onTestFinished, {
        store,
        keyPepper: 'the pepper of both servers',
        bus: redisBus({ url: servers.redis.url, channel }),
      })
      const bus = lossyBus(redisBus({ url: servers.redis.url, channel }), loss)
      const other = changeOther(await mongoStore({ url, deadlineMs: storeMs }))
      return [east, await servers.openOne(url, storeMs, { store: other, bus }), loss]
    }

    it('[GT4] go on with the connection that has replaced one, though its server says so late', async () => {
      const [east, west, loss] = await openDeaf()
      const device_id = randomUUID()
      const [ann, bob] = [await east.connect('ann', { device_id }), await east.connect('bob')]
      const callId = await ring(ann, 'bob')
      await bob.heard(1)
      await bob.request('answerCall', { callId, signal: answer })
      loss.every = 1
      const back = await comeBack(west, 'ann', device_id)
      await ann.closed()
      const state = async () => (await bob.request('resumeCall', { callId, seq: 1 })).state
      await until(async () => expect(await state()).toBe('reconnecting'))
      loss.every = 0
      await until(async () => expect(await state()).toBe('connecting'))
      expect(await bob.heard()).toEqual([])
      await bob.request('endCall', { callId })
      await back.first('callEnded', ({ reason }) => reason === 'hung_up')
    })

    it('[NO12] stop ringing at a device whose server has not heard of the end', async () => {
      const [east, west, loss] = await openDeaf()
      const [ann, bob] = [await east.connect('ann'), await west.connect('bob')]
      const callId = await ring(ann, 'bob')
      await bob.heard(1)
      loss.every = 1
      await ann.request('endCall', { callId })
      expect(await bob.heard(1)).toEqual([ended(callId, 'cancelled')])
    })

    it('[NO12] end for a caller, and for a party, whose server has not heard of it', async () => {
      const [east, west, loss] = await openDeaf()
      const [ann, bob] = [await west.connect('ann'), await east.connect('bob')]
      const first = await ring(ann, 'bob')
      await bob.heard(1)
      loss.every = 1
      await bob.request('rejectCall', { callId: first })
      expect(await ann.heard(1)).toEqual([ended(first, 'declined')])

      loss.every = 0
      let second = ''
      await until(async () => {
        second = await ring(ann, 'bob')
      })
      await bob.heard(1)
      await bob.request('answerCall', { callId: second, signal: answer })
      expect(await ann.heard(1)).toEqual([accepted(second)])
      loss.every = 1
      await bob.request('endCall', { callId: second })
      expect(await ann.heard(1)).toEqual([ended(second, 'hung_up')])
    })

    it('[NO12] are answered elsewhere for devices whose server has not heard of the answer, and go on for their parties', async () => {
      const [east, west, loss] = await openDeaf()
      const [ann, bob] = [await west.connect('ann'), await east.connect('bob')]
      const other = await west.connect('bob')
      const callId = await ring(ann, 'bob')
      for (const one of [bob, other]) await one.heard(1)
      loss.every = 1
      await bob.request('answerCall', { callId, signal: answer })
      expect(await other.heard(1)).toEqual([ended(callId, 'answered_elsewhere')])
      for (const one of [ann, bob]) expect(await one.heard()).toEqual([])
      expect((await bob.request('resumeCall', { callId, seq: 1 })).state).toBe('connecting')
    })

    it.each([
      ['before it is stored', false],
      ['after it is stored', true],
    ])(
      '[CA15] ring on a device that connects to the other server while they are made, %s',
      async (_when, isStored) => {
        const [asked, goesOn] = [gate(), gate()]
        const [east, west] = await openDeaf((store) => {
          const create: Store['calls']['create'] = async (call) => {
            const stored = isStored && (await store.calls.create(call))
            asked.open()
            await goesOn.opened
            return stored || store.calls.create(call)
          }
          return { ...store, calls: { ...store.calls, create } }
        })
        const [ann, bob] = [await east.connect('ann'), await east.connect('bob')]
        const ringing = ring(ann, 'bob')
        await asked.opened
        const late = await comeBack(west, 'bob')
        expect(await heardAfterHello(late)).toEqual([])
        goesOn.open()
        const callId = await ringing
        for (const one of [bob, late]) expect(await one.heard(1)).toEqual([rings(callId, 'ann')])
        expect(await late.heard()).toEqual([])
      },
    )

    it('[CA15] ring once on a device whose own look is late', async () => {
      const [asked, goesOn] = [gate(), gate()]
      const [looked, looksOn] = [gate(), gate()]
      const held = (store: Store): Store => ({
        ...store,
        calls: {
          ...store.calls,
          create: async (call) => {
            const stored = await store.calls.create(call)
            asked.open()
            await goesOn.opened
            return stored
          },
        },
      })
      const looksLate = (store: Store): Store => ({
        ...store,
        calls: {
          ...store.calls,
          listOpenOf: async (...of) => {
            const found = await store.calls.listOpenOf(...of)
            if (found.length === 0) return found
            looked.open()
            await looksOn.opened
            return found
          },
        },
      })
      const [east, west] = await openDeaf(held, looksLate)
      const [ann, bob] = [await east.connect('ann'), await east.connect('bob')]
      const ringing = ring(ann, 'bob')
      await asked.opened
      const late = await comeBack(west, 'bob')
      expect(await heardAfterHello(late)).toEqual([])
      await looked.opened
      goesOn.open()
      const callId = await ringing
      for (const one of [bob, late]) expect(await one.heard(1)).toEqual([rings(callId, 'ann')])
      looksOn.open()
      // East answers behind what west has told it before.
      await expect(late.request('callUser', callTo('nobody'))).rejects.toThrow('cannot be reached')
      await ann.request('endCall', { callId })
      expect(await late.heard(1)).toEqual([ended(callId, 'cancelled')])
    })
  },
  { withRedis: true },
)
