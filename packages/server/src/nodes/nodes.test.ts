import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { keptLog } from '../../tests/support/kept-log.ts'
import { until } from '../../tests/support/sockets.ts'
import { standStill } from '../../tests/support/stand-still.ts'
import { describeTwoServers } from '../../tests/support/two-servers.ts'
import { mongoStore } from '../stores/mongo/index.ts'
import { messagesIn } from '../testing/connect.ts'
import { startServer } from '../testing/index.ts'
import type { Bus } from './bus.ts'
import { Nodes } from './nodes.ts'
import { redisBus } from './redis-bus.ts'

/** What one server knows of the others, without anything else of a server. */
async function node(url: string, bus: Bus | undefined) {
  const store = await mongoStore({ url, deadlineMs: 10_000 })
  const log = keptLog()
  const nodes = new Nodes({ store: store.nodes, bus, logger: log.logger })
  const left: string[] = []
  let missed = 0
  nodes.onLeft((id) => left.push(id))
  nodes.onMissed(() => (missed += 1))
  await nodes.start()
  let isStopped = false
  const stop = async () => {
    if (isStopped) return
    isStopped = true
    await nodes.stop()
    await store.close()
  }
  onTestFinished(stop)
  return { nodes, left, log, stop, missed: () => missed }
}

describeTwoServers(
  'two servers on one MongoDB and one Redis',
  (servers) => {
    const { newUrl, open } = servers
    const busOf = (url: string) => redisBus({ url: servers.redis.url, channel: new URL(url).pathname })

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

    it('[NB11] know each other as soon as they have started, and notice at once that one stops', async () => {
      const url = newUrl()
      const [east, west] = [await node(url, busOf(url)), await node(url, busOf(url))]
      const heard: unknown[] = []
      east.nodes.on('heads', ({ heads }) => heard.push(...heads))
      // The first thing that it says is heard.
      west.nodes.tell('heads', { heads: [['demo', 'room:r', 1]] })
      await until(() => expect(heard).toEqual([['demo', 'room:r', 1]]))
      expect(east.nodes.seen).toEqual({ others: 1, redis: 'connected' })
      await until(() => expect([east.nodes.hearsAll, west.nodes.hearsAll]).toEqual([true, true]))
      const stopped = west.stop()
      await until(() => expect(east.left).toEqual([west.nodes.id]))
      await stopped
      expect(east.nodes.others).toEqual([])
    })

    it('[NB12] answer what they are asked, now or later; who cannot answers null, who is gone is not waited for', async () => {
      const url = newUrl()
      const all = [await node(url, busOf(url)), await node(url, busOf(url)), await node(url, busOf(url))]
      const [east, west, south] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]]
      await until(() => expect(east.nodes.others.length === 2 && east.nodes.hearsAll).toBe(true))
      west.nodes.answer('sum', (data) => (data as number[]).reduce((a, b) => a + b, 0))
      south.nodes.answer('sum', async () => 'later')
      // Who is late for a question, as on a busy machine, is left out of its answers.
      await until(async () => expect((await east.nodes.ask('sum', [1, 2])).toSorted()).toEqual([3, 'later']))
      south.nodes.answer('sum', () => Promise.reject(new Error('a planted mistake')))
      await until(async () => expect((await east.nodes.ask('sum', [1, 2])).toSorted()).toEqual([3, null]))
      expect(south.log.messages()).toContain('What another server asked could not be answered')
      await until(async () => expect(await east.nodes.ask('what nobody knows', 0)).toEqual([null, null]))
      west.nodes.answer('sum', () => new Promise(() => {}))
      await until(async () => expect(await east.nodes.ask('sum', [])).toEqual([null]))
      // Nothing is left of a question, and no flood of them grows without end.
      const many = Array.from({ length: 3_000 }, () => east.nodes.ask('here', null))
      expect((await Promise.all(many)).filter((answers) => answers.length === 0).length).toBeGreaterThan(
        1_000,
      )
      await Promise.all([west.stop(), south.stop()])
      expect(await east.nodes.ask('here', null)).toEqual([])
    })

    it('[NB12] get their answers also where they stand still themselves meanwhile', async () => {
      const url = newUrl()
      const [east, west] = [await node(url, busOf(url)), await node(url, busOf(url))]
      await until(() => expect(east.nodes.others.length === 1 && east.nodes.hearsAll).toBe(true))
      west.nodes.answer('sum', (data) => (data as number[]).reduce((a, b) => a + b, 0))
      const asked = east.nodes.ask('sum', [1, 2])
      standStill(2_500)
      expect(await asked).toEqual([3])
      await until(() => expect(east.nodes.hearsAll).toBe(true))
      standStill(2_500)
      expect(await east.nodes.ask('sum', [3, 4])).toEqual([7])
    })

    it('[NB16] do not count one whose start has failed', async () => {
      const east = await servers.openOne(newUrl(), 10_000)
      const store = await mongoStore({ url: newUrl(), deadlineMs: 10_000 })
      const log = keptLog()
      const { logger } = log
      const port = Number(new URL(east.url).port)
      await expect(startServer({ store, port, logger, keyPepper: 'a pepper' })).rejects.toThrow(/is in use/)
      // Longer than it takes a server that lives to write its row again.
      await pause(1_500)
      expect(await store.nodes?.list()).toEqual([])
      expect(log.messages()).toEqual([])
      const west = await startServer({ store, keyPepper: 'a pepper' })
      expect(await west.ready()).toMatchObject({ servers: { others: 0 } })
      await west.close()
    })

    it('[NB9] read the store while they cannot hear each other: Redis hangs, or there is none', async () => {
      const url = newUrl()
      const [east, west] = [await node(url, busOf(url)), await node(url, busOf(url))]
      await until(() => expect(east.nodes.hearsAll && west.nodes.hearsAll).toBe(true))
      const before = east.missed()
      servers.redis.hang()
      await until(() => expect(east.nodes.hearsAll).toBe(false))
      await until(() => expect(east.missed() - before).toBeGreaterThan(2))
      expect(east.nodes.seen).toEqual({ others: 1, redis: 'away' })
      expect(await east.nodes.ask('here', null)).toEqual([])
      servers.redis.goOn()
      await until(() => expect(east.nodes.hearsAll && west.nodes.hearsAll).toBe(true))
      // A third one without Redis lives, and nobody hears it.
      const alone = await node(url, undefined)
      await until(() => expect(east.nodes.others).toHaveLength(2))
      expect([east.nodes.hearsAll, alone.nodes.hearsAll]).toEqual([false, false])
      expect([east.nodes.unheard, alone.nodes.unheard]).toEqual([1, 2])
      await until(() => expect(alone.missed()).toBeGreaterThan(2))
      expect(alone.nodes.seen).toEqual({ others: 2, redis: 'none' })
    })
  },
  { withRedis: true },
)
