import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { consoleLogger } from '../src/logger.ts'
import { Nodes } from '../src/nodes/nodes.ts'
import { redisBus } from '../src/nodes/redis-bus.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { TestChat, TestSocket } from '../src/testing/connect.ts'
import { comeBack, drop, heardAfterHello } from './support/drop.ts'
import { accepted, answer, callTo, ended, goAway, offer, ring, rings } from './support/phones.ts'
import { patientLimitsVariable } from './support/raised-limits.ts'
import { shop, startProcess } from './support/server-process.ts'
import { connectAs, until } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'

const limits = { callGraceMs: 6_000 }
const storeMs = 10_000
/** `pnpm prove calls` takes more. */
const rounds = process.env.CALL_PROOF ? 200 : 20
const lengthMs = 300_000 + rounds * 1_000

/** A call between two servers that was answered, of tabs with known device ids. */
async function openCall(east: TestChat, west: TestChat) {
  const ids = { ann: randomUUID(), bob: randomUUID() }
  const ann = await east.connect('ann', { device_id: ids.ann })
  const bob = await west.connect('bob', { device_id: ids.bob })
  const callId = await ring(ann, 'bob')
  await bob.heard(1)
  await bob.request('answerCall', { callId, signal: answer })
  await ann.heard(1)
  return { ann, bob, ids, callId }
}

/** Rings as soon as the other one can be reached. */
async function ringOnce(caller: TestSocket, userToCall: string): Promise<string> {
  let callId = ''
  await until(async () => {
    callId = await ring(caller, userToCall)
  })
  return callId
}

const goesOn = (callId: string) => ['callState', { callId, state: 'connecting', seq: 1 }]

/** Somebody on the bus who counts as a server, and can say anything. */
async function openForger(url: string, redisUrl: string): Promise<Nodes> {
  const store = await mongoStore({ url, deadlineMs: storeMs })
  const bus = redisBus({ url: redisUrl, channel: new URL(url).pathname })
  const nodes = new Nodes({ store: store.nodes, bus, logger: consoleLogger })
  onTestFinished(async () => {
    await nodes.stop()
    await store.close()
  })
  await nodes.start()
  return nodes
}

async function expectSilent(...sockets: readonly TestSocket[]): Promise<void> {
  for (const socket of sockets) expect(await socket.heard()).toEqual([])
}

describeTwoServers(
  'calls on two servers',
  (servers) => {
    const { newUrl, open, openOne } = servers

    it('[NO1] ring, are answered and end across servers, and no bystander hears of them', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [ann, bob] = [await east.connect('ann'), await west.connect('bob')]
      const bystanders = [await east.connect('eve'), await west.connect('eve'), await west.connect('ann')]
      const callId = await ring(ann, 'bob')
      expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
      await bob.request('answerCall', { callId, signal: answer })
      expect(await ann.heard(1)).toEqual([accepted(callId)])
      expect(await ann.request('endCall', { callId })).toEqual({ callId, reason: 'hung_up' })
      expect(await bob.heard(1)).toEqual([ended(callId, 'hung_up')])
      await expectSilent(...bystanders)
    })

    it('[NO1] cross between V2 pages and devices, in both directions', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [page, bob] = [await east.connectV2(), await west.connect('bob')]
      page.emit('callUser', { userToCall: 'bob', signalData: offer, from: page.id, name: 'Page' })
      const [[, { callId }]] = (await bob.heard(1)) as [[string, { callId: string }]]
      await bob.request('answerCall', { callId, signal: answer })
      expect(await page.heard(1)).toEqual([['callAccepted', answer]])
      page.emit('endCall', {})
      expect(await bob.heard(1)).toEqual([ended(callId, 'hung_up')])

      const second = await ring(bob, page.id)
      expect(await page.heard(1)).toMatchObject([['callUser', { signal: offer, callId: second }]])
      page.emit('answerCall', { signal: answer, to: 'bob' })
      expect(await bob.heard(1)).toEqual([accepted(second)])
      // A page's socket never comes back.
      await drop(page)
      expect(await bob.heard(1)).toEqual([ended(second, 'lost')])
    })

    it('[V2C19] are answered by a V2 page on one server that ring at its socket on another', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const extraHeaders = { origin: 'https://shop.example', 'user-agent': 'Browser 1' }
      // Node lets no other transport have an origin.
      const browser = { transports: ['websocket'], extraHeaders }
      const caller = await east.connectV2()
      const rung = await east.connectV2(undefined, browser)
      const answering = await west.connectV2(undefined, browser)
      const call = { userToCall: rung.id, signalData: offer, from: caller.id, name: 'Ada' }
      caller.emit('callUser', call)
      await rung.heard(1)

      answering.emit('answerCall', { signal: answer, to: caller.id })
      expect(await caller.heard(1)).toEqual([['callAccepted', answer]])
      rung.emit('endCall')
      expect(await caller.heard(1)).toEqual([['callEnded']])
      await expectSilent(answering, rung)

      // With two that ring, nobody can tell which one is meant.
      const another = await west.connectV2(undefined, browser)
      for (const { id } of [rung, another]) caller.emit('callUser', { ...call, userToCall: id })
      for (const one of [rung, another]) await one.heard(1)
      answering.emit('answerCall', { signal: answer, to: caller.id })
      expect(await answering.heard(1)).toMatchObject([['error_response', { operation: 'answerCall' }]])
      await expectSilent(caller)
    })

    it(
      '[NO2] have one winner of five devices on two servers, every time',
      async () => {
        const [east, west] = await open(newUrl(), storeMs)
        const ann = await east.connect('ann')
        const devices = await Promise.all([east, east, west, west, west].map((chat) => chat.connect('bob')))
        for (let round = 0; round < rounds; round++) {
          const callId = await ring(ann, 'bob')
          for (const device of devices) expect(await device.next(1)).toEqual([rings(callId, 'ann')])
          const answers = await Promise.all(
            devices.map((one) => one.ask('answerCall', { callId, signal: answer })),
          )
          const won = answers.map(({ status }) => status === 'success')
          expect(won.filter(Boolean)).toHaveLength(1)
          expect(await ann.next(1)).toEqual([accepted(callId)])
          const losers = devices.filter((_, at) => !won[at])
          for (const one of losers) expect(await one.next(1)).toEqual([ended(callId, 'answered_elsewhere')])
          await ann.request('endCall', { callId })
          const winner = devices[won.indexOf(true)]
          expect(await winner?.next(1)).toEqual([ended(callId, 'hung_up')])
        }
        await expectSilent(ann, ...devices)
      },
      lengthMs,
    )

    it('[NO3] reach a socket first, then a user, then a room, each on both servers', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [ann, bob, eve] = [
        await east.connect('ann', { role: 'agent' }),
        await west.connect('bob'),
        await east.connect('eve'),
      ]
      const namesake = await east.connect(bob.id)
      await eve.request('join', { room: 'bob' })
      await ring(ann, bob.id)
      await bob.untilHeard('callUser')
      await expectSilent(namesake)
      const callId = await ring(eve, 'bob')
      await bob.first('callUser', (call) => call.callId === callId)
      const zoe = await west.connect('zoe')
      await zoe.request('join', { room: 'the room' })
      const toRoom = await ring(ann, 'the room')
      await zoe.first('callUser', (call) => call.callId === toRoom)
      expect(await ann.refusal('callUser', callTo('nobody'))).toBe('not_found')
    })

    it('[NO4] go on when a party comes back on the other server, and are lost when it stays away', async () => {
      const [east, west] = await open(newUrl(), storeMs, { limits })
      const { ann, bob, ids, callId } = await openCall(east, west)
      await drop(ann)
      const back = await comeBack(west, 'ann', ids.ann)
      expect(await heardAfterHello(back, 1)).toEqual([goesOn(callId)])
      await drop(bob)
      expect(await back.heard(1)).toEqual([ended(callId, 'lost')])
    })

    it('[NO4] ring on a device that comes later, on whichever server', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [ann] = [await east.connect('ann'), await east.connect('bob')]
      const callId = await ring(ann, 'bob')
      const later = await comeBack(west, 'bob')
      expect(await heardAfterHello(later, 1)).toEqual([rings(callId, 'ann')])
      await later.request('answerCall', { callId, signal: answer })
      expect(await ann.heard(1)).toEqual([accepted(callId)])
    })

    it('[CA26] are missed once by whoever is connected to neither server, whichever one is asked', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [ann, there, bob] = [
        await east.connect('ann'),
        await west.connect('ann'),
        await west.connect('bob'),
      ]
      await goAway(bob, 'bob', ann)
      // More would not be in one page of the history.
      const times = 20
      for (let nth = 0; nth < times; nth++) {
        const call = callTo('bob')
        const refused = await Promise.all([ann, there].map((one) => one.refusal('callUser', call)))
        expect(refused).toEqual(['not_found', 'not_found'])
      }
      const back = await east.connect('bob')
      const { calls } = await back.request('get_calls', { missed: true, limit: 100 })
      expect(calls).toHaveLength(times)
      expect((await there.request('get_calls', { limit: 100 })).calls).toHaveLength(times)
    })

    it(
      '[CA18] are one where two cross on two servers, every time',
      async () => {
        const [east, west] = await open(newUrl(), storeMs)
        for (let round = 0; round < rounds; round++) {
          const names = [`ann-${round}`, `bob-${round}`] as const
          const [ann, bob] = [await east.connect(names[0]), await west.connect(names[1])]
          const rung = await Promise.all([
            ann.request('callUser', callTo(names[1])),
            bob.request('callUser', callTo(names[0])),
          ])
          expect(rung[0].callId).toBe(rung[1].callId)
          expect(rung.filter(({ crossed }) => crossed)).toHaveLength(1)
          const [caller, callee] = rung[1].crossed ? [ann, bob] : [bob, ann]
          const { callId } = rung[0]
          await callee.first('callUser', (call) => call.callId === callId)
          await callee.request('answerCall', { callId, signal: answer })
          await caller.first('callSignal')
          for (const one of [ann, bob]) {
            expect((await one.request('get_calls', {})).calls).toHaveLength(1)
            one.socket.disconnect()
          }
        }
      },
      lengthMs,
    )

    it('[CA21] pass signals on in order from either server, each once', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const { ann, bob, callId } = await openCall(east, west)
      const signal = (nth: number) => ({ callId, nth, signal: { type: 'candidate', candidate: nth } })
      for (const nth of [1, 2, 2, 3]) await bob.request('signalCall', signal(nth))
      for (const nth of [1, 2, 3]) await ann.request('signalCall', signal(nth))
      const seqs = async (socket: TestSocket) =>
        (await socket.heard(3)).map(([, push]) => (push as { seq: number }).seq)
      expect([await seqs(ann), await seqs(bob)]).toEqual([
        [2, 3, 4],
        [5, 6, 7],
      ])
      await expectSilent(ann, bob)
    })

    it('[CA22] keep for a party what it misses, whichever server it comes back to', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const { ann, bob, ids, callId } = await openCall(east, west)
      await drop(bob)
      const signal = { type: 'offer', sdp: 'another' }
      await ann.request('signalCall', { callId, nth: 1, signal })
      for (const chat of [west, east]) {
        const back = await comeBack(chat, 'bob', ids.bob)
        await heardAfterHello(back, 1)
        expect(await back.request('resumeCall', { callId, seq: 1 })).toMatchObject({
          signals: [{ seq: 2, signal }],
          complete: true,
        })
        await drop(back)
      }
    })

    it(
      '[CA19] leave nobody in two calls, on whichever servers they are answered',
      async () => {
        const [east, west] = await open(newUrl(), storeMs)
        for (let round = 0; round < rounds; round++) {
          const [one, other, bob] = [`one-${round}`, `other-${round}`, `bob-${round}`]
          const [eastBob, westBob] = [await east.connect(bob), await west.connect(bob)]
          const callers = [await east.connect(one), await west.connect(other)]
          const ids = await Promise.all(callers.map((caller) => ring(caller, bob)))
          const answers = await Promise.all([
            eastBob.ask('answerCall', { callId: ids[0] ?? '', signal: answer }),
            westBob.ask('answerCall', { callId: ids[1] ?? '', signal: answer }),
          ])
          expect(answers.filter(({ status }) => status === 'success')).toHaveLength(1)
          for (const { socket } of [eastBob, westBob, ...callers]) socket.disconnect()
        }
      },
      lengthMs,
    )

    it('[NO5] are taken over when their server ends, whoever of the parties is where', async () => {
      const url = newUrl()
      const [east, west] = await open(url, storeMs, { limits })
      const { bob, ids, callId } = await openCall(east, west)
      const caller = await west.connect('cai')
      const another = await ring(caller, 'bob')
      await bob.heard(1)
      const closing = east.close()
      const back = await comeBack(west, 'ann', ids.ann)
      expect(await heardAfterHello(back, 1)).toEqual([goesOn(callId)])
      await closing
      // Of another server, and of no interest to this end.
      await caller.request('endCall', { callId: another })
      const third = await openOne(url, storeMs, { limits })
      await third.connect('eve')
      await new Promise((resolve) => setTimeout(resolve, limits.callGraceMs + 1_000))
      expect(await bob.heard(1)).toEqual([ended(another, 'cancelled')])
      expect(await back.request('endCall', { callId })).toEqual({ callId, reason: 'hung_up' })
      expect(await bob.heard(1)).toEqual([ended(callId, 'hung_up')])
    })

    it('[NO5] survive the kill of their server, but for those that ring', async () => {
      const mongo = newUrl()
      const more = { MONGODB_URI: mongo, REDIS_URL: servers.redis.url }
      const env = { ...shop('', more), LIMITS: `${patientLimitsVariable},callGraceMs=6000` }
      const [east, west] = await Promise.all([startProcess({ env }), startProcess({ env })])
      const connect = (server: { url: string }, name: string, device_id = randomUUID()) =>
        connectAs(server.url, name, { role: 'agent', device_id })
      const ids = { ann: randomUUID(), eve: randomUUID() }
      const [ann, cid] = [await connect(east, 'ann', ids.ann), await connect(east, 'cid')]
      const [eve, hal] = [await connect(east, 'eve', ids.eve), await connect(east, 'hal')]
      const [bob, dan] = [await connect(west, 'bob'), await connect(west, 'dan')]
      const [fay, gus] = [await connect(west, 'fay'), await connect(west, 'gus')]
      // Two servers that have just been started hear of each other a moment later.
      const goingOn = await ringOnce(ann, 'bob')
      const leftAlone = await ring(cid, 'dan')
      const ringing = await ring(eve, 'fay')
      const ringingThere = await ringOnce(gus, 'hal')
      for (const one of [bob, dan, fay, hal]) await one.untilHeard('callUser')
      await bob.request('answerCall', { callId: goingOn, signal: answer })
      await dan.request('answerCall', { callId: leftAlone, signal: answer })
      for (const one of [bob, dan, fay, gus]) one.skip()

      await east.stop('SIGKILL')
      const killedAt = performance.now()
      const back = await connect(west, 'ann', ids.ann)
      const { seq } = await back.first('callState', ({ callId }) => callId === goingOn)
      const backToo = await connect(west, 'eve', ids.eve)
      // Its new server counts on from where the former cannot have been.
      const signal = { callId: goingOn, nth: 1, signal: answer }
      await until(async () =>
        expect(await bob.ask('signalCall', signal)).toMatchObject({ status: 'success' }),
      )
      expect((await back.first('callSignal')).seq).toBeGreaterThan(seq)

      await gus.first('callEnded', ({ callId, reason }) => callId === ringingThere && reason === 'lost')
      for (const one of [fay, backToo])
        await one.first('callEnded', ({ callId, reason }) => callId === ringing && reason === 'lost')
      expect(performance.now() - killedAt).toBeLessThan(20_000)
      await dan.first('callEnded', ({ callId, reason }) => callId === leftAlone && reason === 'lost')
      await bob.request('endCall', { callId: goingOn })
      await back.first('callEnded', ({ callId, reason }) => callId === goingOn && reason === 'hung_up')
      expect(bob.frames.filter(([event]) => event === 'callEnded')).toEqual([])
    })

    it('[NO6] reach one server alone while Redis is gone', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [ann, bob, eve] = [
        await east.connect('ann'),
        await west.connect('bob'),
        await east.connect('eve'),
      ]
      await servers.redis.kill()
      try {
        expect(await ann.refusal('callUser', callTo('bob'))).toBe('not_found')
        const callId = await ring(ann, 'eve')
        expect(await eve.heard(1)).toEqual([rings(callId, 'ann')])
        await eve.request('answerCall', { callId, signal: answer })
        expect(await ann.heard(1)).toEqual([accepted(callId)])
        await ann.request('endCall', { callId })
      } finally {
        await servers.redis.restart()
      }
      await until(async () =>
        expect(await ann.ask('callUser', callTo('bob'))).toMatchObject({ status: 'success' }),
      )
      await bob.untilHeard('callUser')
    })

    it('[NO6] take nothing from the bus that is not what they send themselves', async () => {
      const url = newUrl()
      const east = await openOne(url, storeMs)
      const device_id = randomUUID()
      const bob = await east.connect('bob', { device_id })
      const forger = await openForger(url, servers.redis.url)
      const data = { callId: randomUUID(), reason: 'lost' }
      const device = { kind: 'device', workspace_id: 'demo', user_id: 'bob', device_id }
      const to = { addresses: [device] }
      const forged = [
        { to, fact: 'callEnded', data: {} },
        { to, fact: 'callEnded', data: { ...data, reason: 'because' } },
        { to, fact: 'hello', data: {} },
        { to, fact: '__proto__', data },
        { to: { addresses: [{ ...device, kind: 'socket' }] }, fact: 'callEnded', data },
        { to: 7, fact: 'callEnded', data },
      ]
      for (const one of forged) forger.tell('fact', one)
      for (const search of [null, 7, { workspace_id: {}, address: 'bob', except: '' }])
        expect(await forger.ask('who_is_at', search)).toEqual([null])
      expect(await forger.ask('devices_here', { length: 1e9 })).toEqual([[]])
      forger.tell('ring', { workspace_id: 'demo', callId: 'unknown', device: { user_id: 'bob', device_id } })
      // Others are let through, so that the ones before were not.
      forger.tell('fact', { to, fact: 'callEnded', data })
      expect(await bob.heard(1)).toEqual([['callEnded', data]])
    })

    it('[NO7] V2 pages hear who joins and leaves on the other server', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [page, other] = [await east.connectV2(), await west.connectV2()]
      page.emit('join', { room: 'r' })
      await page.heard(1)
      other.emit('join', { room: 'r' })
      await page.untilHeard('my_response')
      expect(await page.heard(1)).toMatchObject([
        ['my_response', { data: expect.stringContaining('r') as string }],
      ])
      other.emit('leave', { room: 'r' })
      expect(await page.heard(1)).toEqual([['my_response', { data: 'Left room: r' }]])
    })
  },
  { withRedis: true },
)
