import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { reaches } from '../src/delivery/reaches.ts'
import type { Bus } from '../src/nodes/bus.ts'
import type { TestSocket } from '../src/testing/connect.ts'
import { type Cast, castOf, crossingOptions, scenes } from './support/crossing-scenes.ts'
import { describeTwoServers } from './support/two-servers.ts'

const deadlineMs = 20_000
const logged = Object.entries(reaches).flatMap(([fact, reach]) => (reach === 'log' ? [fact] : []))

/** A bus over which nothing arrives. */
const silent = (): Bus => ({ isConnected: false, start: async () => {}, publish() {}, stop: async () => {} })

async function playAll(cast: Cast): Promise<void> {
  await Promise.all(Object.values(scenes).map((play) => play(cast)))
  await expectNothingHeard(cast.strangers)
}

async function expectNothingHeard(strangers: readonly TestSocket[]): Promise<void> {
  for (const stranger of strangers) {
    await stranger.settle()
    const heard = stranger.frames.filter(([event, data]) => {
      const isClosing = JSON.stringify(data ?? null).includes('is closing')
      return logged.includes(event) || event === 'waiting_time_response' || isClosing
    })
    expect(heard).toEqual([])
  }
}

describeTwoServers(
  'two servers on one MongoDB',
  (servers) => {
    const { newUrl, open, openOne } = servers

    it('[NX1, NX2] send each other’s sockets what has changed, and nothing to strangers', async () => {
      const [east, west] = await open(newUrl(), deadlineMs, crossingOptions)
      expect(Object.keys(scenes).toSorted()).toEqual(logged.toSorted())
      await playAll(await castOf(east, west))
    })

    it('[NX1, NX2] do so without a bus, too', async () => {
      const [east, west] = await open(newUrl(), deadlineMs, { ...crossingOptions, bus: silent() })
      await playAll(await castOf(east, west))
    })

    it('[NX8] miss nothing where their Redis ends and comes back', async () => {
      const [east, west] = await open(newUrl(), deadlineMs, crossingOptions)
      const cast = await castOf(east, west)
      const whileItEnds = playAll(cast)
      await servers.redis.kill()
      await whileItEnds
      await playAll(cast)
      await servers.redis.restart()
      await playAll(cast)
    })

    it('[NX9] send what is changed while one of them starts again, and after that', async () => {
      const url = newUrl()
      const [east, west] = await open(url, deadlineMs, crossingOptions)
      const root = await east.connect('root', { role: 'admin' })
      const create = async () =>
        (await root.request('create_topic', { name: randomUUID(), cid: randomUUID() })).name
      const before = await create()
      await west.close()
      const meanwhile = await create()
      const again = await openOne(url, deadlineMs, crossingOptions)
      const mia = await again.connect('mia', { role: 'agent' })
      const listed = (await mia.request('get_all_topics', {})).map(({ name }) => name)
      expect(listed).toEqual([before, meanwhile])
      const later = await create()
      await mia.first('topic_changed', ({ data }) => data.name === later)
    })
  },
  { withRedis: true },
)
