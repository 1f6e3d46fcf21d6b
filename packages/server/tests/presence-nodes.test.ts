import { randomUUID } from 'node:crypto'
import type { Presence } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import type { TestSocket } from '../src/testing/connect.ts'
import { patientLimitsVariable } from './support/raised-limits.ts'
import { shop, startProcess } from './support/server-process.ts'
import { connectAs } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'
import { wire } from './support/wire.ts'

const storeMs = 10_000
const room = 'lobby'
const stream = 'room:lobby'

async function changed(
  socket: TestSocket,
  user_id: string,
  matches: (one: Presence) => boolean,
): Promise<Presence> {
  const isMeant = (one: Presence) => one.user_id === user_id && matches(one)
  const { presences } = await socket.first('presence_changed', ({ presences }) => presences.some(isMeant))
  return presences.find(isMeant) as Presence
}

const is = (availability: string) => (one: Presence) => one.availability === availability

async function join(...sockets: readonly TestSocket[]): Promise<void> {
  for (const socket of sockets) await socket.request('join', { room })
}

const follow = (socket: TestSocket, ...user_ids: string[]) => socket.request('get_presence', { user_ids })

describeTwoServers(
  'presence and typing on two servers',
  (servers) => {
    const { newUrl, open } = servers

    it('[PR10] shows who is there, and who is in a room, wherever they are connected', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [ann, phone] = [await east.connect('ann'), await west.connect('ann')]
      const [ben, cem] = [await east.connect('ben'), await west.connect('cem')]
      await join(ann, phone, cem)
      await expect
        .poll(async () => (await follow(ben, 'ann', 'cem', 'dan')).presences.map((one) => one.availability))
        .toEqual(['online', 'online', 'offline'])
      await join(ben)
      const there = { room, count: 3, user_ids: ['ann', 'ben', 'cem'] }
      await expect.poll(() => ben.request('get_room_presence', { room })).toEqual(there)

      const dan = await west.connect('dan')
      await changed(ben, 'dan', is('online'))
      await join(dan)
      await ben.first('room_presence', ({ data }) => data.count === 4 && data.user_ids.includes('dan'))
      ann.socket.disconnect()
      await cem.request('set_presence', { availability: 'away', status_text: 'Lunch' })
      expect(await changed(ben, 'cem', is('away'))).toMatchObject({ status_text: 'Lunch' })
      expect((await follow(ben, 'ann')).presences).toMatchObject([{ availability: 'online' }])
      phone.socket.disconnect()
      await changed(ben, 'ann', is('offline'))
      await ben.first('room_presence', ({ data }) => data.count === 3 && !data.user_ids.includes('ann'))
    })

    it('[PR1, PR3, PR7, PR10] tells who types, and of those who hide nothing, on the other server too', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [ann, phone] = [await east.connect('ann'), await west.connect('ann')]
      const [ben, cem] = [await west.connect('ben'), await west.connect('cem')]
      await join(ann, ben, cem)
      await follow(phone, 'ben')
      await follow(ben, 'ann')
      await ann.request('block_user', { user_id: 'cem' })
      await ann.request('typing', { stream, is_typing: true })
      expect(await ben.first('typing')).toMatchObject({ user_id: 'ann', is_typing: true })
      ann.socket.disconnect()
      await ben.first('typing', ({ is_typing }) => !is_typing)
      await cem.settle()
      expect(cem.frames.filter(([event]) => event === 'typing')).toEqual([])

      const back = await east.connect('ann')
      await back.request('set_presence', { availability: 'away' })
      for (const one of [phone, ben]) await changed(one, 'ann', is('away'))
      await back.request('set_preferences', { shows_presence: false })
      await changed(ben, 'ann', is('offline'))
      await phone.settle()
      phone.skip()
      await ben.request('set_presence', { status_text: 'Here' })
      await changed(ben, 'ben', ({ status_text }) => status_text === 'Here')
      await follow(ben, 'cem')
      await cem.request('set_presence', { status_text: 'Here' })
      await changed(ben, 'cem', ({ status_text }) => status_text === 'Here')
      expect((await phone.heard()).map(([event]) => event)).toEqual([])
    })

    it('[PR10] shows who is in a room while the servers do not hear each other: its own people, and those it has shown', async () => {
      const bus = wire()
      const openOne = () => servers.openOne(url, storeMs, { bus: bus.join() })
      const url = newUrl()
      const [east, west] = [await openOne(), await openOne()]
      const [ann, cem] = [await east.connect('ann'), await west.connect('cem')]
      await join(ann, cem)
      await expect.poll(() => ann.request('get_room_presence', { room })).toMatchObject({ count: 2 })
      bus.isDown = true
      const ben = await east.connect('ben')
      await join(ben)
      const there = { room, count: 3, user_ids: ['ann', 'ben', 'cem'] }
      for (const one of [ann, ben, ann])
        expect(await one.request('get_room_presence', { room })).toEqual(there)
      // What is known here is so at once: who hides, and who was here and has gone.
      await ben.request('set_preferences', { shows_presence: false })
      await expect
        .poll(() => ann.request('get_room_presence', { room }))
        .toMatchObject({ user_ids: ['ann', 'cem'] })
      const dan = await east.connect('dan')
      await join(dan)
      expect(await dan.request('get_room_presence', { room })).toMatchObject({
        user_ids: ['ann', 'cem', 'dan'],
      })
      ann.socket.disconnect()
      await expect
        .poll(() => dan.request('get_room_presence', { room }))
        .toMatchObject({ user_ids: ['cem', 'dan'] })
      await ben.request('set_preferences', { shows_presence: true })
      cem.socket.disconnect()
      await west.close()
      await dan.first('room_presence', ({ data }) => data.count === 2)
    })

    it('[PR10] says at once that the people of a server that closes are gone', async () => {
      const [east, west] = await open(newUrl(), storeMs)
      const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
      await join(ann, ben)
      await follow(ben, 'ann')
      await ben.request('get_room_presence', { room })
      await east.close()
      await changed(ben, 'ann', is('offline'))
      await ben.first('room_presence', ({ data }) => data.count === 1)
    })

    it('[PR10] shows the people of a server that was killed as gone, and those of others as before', async () => {
      const more = { MONGODB_URI: newUrl(), REDIS_URL: servers.redis.url }
      const env = { ...shop('', more), LIMITS: patientLimitsVariable }
      const [east, west] = await Promise.all([startProcess({ env }), startProcess({ env })])
      const connect = (server: { url: string }, name: string) =>
        connectAs(server.url, name, { role: 'agent', device_id: randomUUID() })
      const names = Array.from({ length: 20 }, (_, at) => `user ${at}`)
      const there = await Promise.all(names.map((name) => connect(east, name)))
      const [ben, elsewhere] = [await connect(west, 'ben'), await connect(west, 'user 0')]
      await join(...there, ben, elsewhere)
      await expect
        .poll(async () => (await follow(ben, ...names)).presences.filter(is('online')).length)
        .toBe(names.length)
      await expect.poll(() => ben.request('get_room_presence', { room })).toMatchObject({ count: 21 })

      await east.stop('SIGKILL')
      const killedAt = performance.now()
      for (const name of names.slice(1)) await changed(ben, name, is('offline'))
      await ben.first('room_presence', ({ data }) => data.count === 2)
      // Measured by `pnpm prove typing`; no test asserts a time.
      console.info(
        `The killed server's people were gone after ${Math.round(performance.now() - killedAt)} ms`,
      )
      expect((await follow(ben, 'user 0')).presences).toMatchObject([{ availability: 'online' }])
    })
  },
  { withRedis: true },
)
