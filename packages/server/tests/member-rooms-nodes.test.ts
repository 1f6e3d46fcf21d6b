import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { messagesIn, openChat, type TestSocket } from '../src/testing/connect.ts'
import { mongoKinds } from './support/mongo.ts'
import { describeTwoServers } from './support/two-servers.ts'

describeTwoServers(
  'two servers on one MongoDB',
  ({ newUrl, open, openOne }) => {
    function say(socket: TestSocket, room_id: string, message_data: string) {
      return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
    }

    const textsOf = (socket: TestSocket) => messagesIn(socket.frames).map(({ message_data }) => message_data)

    it('[MB11] deliver nothing to a member whom the other server has removed, 5 s later', {
      timeout: 300_000,
    }, async () => {
      const [east, west] = await open(newUrl(), 30_000)
      const ann = await east.connect('ann')
      const [ben, cat] = [await west.connect('ben'), await west.connect('cat')]
      const { _id: room } = await ann.request('create_room', {
        kind: 'members',
        members: ['ben', 'cat'],
        cid: randomUUID(),
      })
      for (const socket of [ben, cat]) await socket.request('join', { room })
      await say(cat, room, 'before')
      await ben.untilHeard('entries')

      const version = (await ann.request('remove_members', { room, members: ['ben'] })).version
      await pause(5_000)
      await say(cat, room, 'after')
      await cat.settle()
      await ben.settle()

      expect(textsOf(cat)).toEqual(['before', 'after'])
      expect(textsOf(ben)).toEqual(['before'])
      const gone = { user_id: 'ben', role: null, joined_at: null, muted_until: null }
      expect(await ben.first('member_changed')).toEqual({ room, changes: [gone], version })
      expect(await ben.refusal('join', { room })).toBe('not_found')
      expect(await cat.first('room_updated', ({ data }) => data.version === version)).toMatchObject({
        data: { member_count: 2 },
      })
    })

    it('[NX5] read no more than the ids of its members of a room that nobody of the other server is in', async () => {
      const url = newUrl()
      const east = await openOne(url, 30_000)
      const store = await mongoStore({ url, deadlineMs: 30_000 })
      const asked: string[] = []
      const counted = (name: 'memberIds' | 'get' | 'members') => ({
        [name](...args: never[]) {
          asked.push(name)
          return (store.rooms[name] as (...all: never[]) => unknown)(...args)
        },
      })
      const rooms = { ...store.rooms, ...counted('memberIds'), ...counted('get'), ...counted('members') }
      const west = await openChat(onTestFinished, {
        store: { ...store, rooms },
        keyPepper: 'the pepper of both servers',
      })
      await west.connect('zoe')
      const ann = await east.connect('ann')
      const create = { kind: 'members' as const, members: ['ben'], cid: randomUUID() }
      const { _id: room } = await ann.request('create_room', create)
      await ann.request('add_members', { room, members: ['cat'] })
      await expect.poll(() => asked).toContain('memberIds')
      await west.close()
      expect([...new Set(asked)]).toEqual(['memberIds'])
    })

    it('[MB11] deliver nothing to a member who is removed on one while joining on the other, 5 s later', {
      timeout: 300_000,
    }, async () => {
      const [east, west] = await open(newUrl(), 30_000)
      const ann = await east.connect('ann')
      const people = await Promise.all(Array.from({ length: 12 }, (_, n) => west.connect(`user ${n}`)))
      const { _id: room } = await ann.request('create_room', {
        kind: 'members',
        members: people.map((_, n) => `user ${n}`),
        cid: randomUUID(),
      })
      const cat = await west.connect('cat', { role: 'customer' })
      await ann.request('add_members', { room, members: ['cat'] })
      await cat.request('join', { room })
      // Each at another moment of its join.
      const joining = people.map(async (socket, n) => {
        await pause(n)
        return socket.ask('join', { room })
      })
      const removing = people.map(async (_, n) => {
        await pause(12 - n)
        return ann.request('remove_members', { room, members: [`user ${n}`] })
      })
      await Promise.all([...joining, ...removing])
      await pause(5_000)
      await say(cat, room, 'after')
      await cat.settle()
      for (const socket of people) await socket.settle()
      expect(textsOf(cat)).toEqual(['after'])
      expect(people.flatMap(textsOf)).toEqual([])
    })
  },
  { kind: mongoKinds.at(-1) },
)
