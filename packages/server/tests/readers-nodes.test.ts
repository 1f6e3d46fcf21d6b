import { randomInt, randomUUID } from 'node:crypto'
import { type Entry, isMessage, type ListedRoom, type Page, roomStream } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import type { TestChat, TestSocket } from '../src/testing/connect.ts'
import { range } from '../src/testing/store-cases/making.ts'
import { mongoKinds } from './support/mongo.ts'
import { describeTwoServers } from './support/two-servers.ts'

const patience = { timeout: 20_000 }
const deadlineMs = 30_000

async function create(socket: TestSocket, members: string[]): Promise<string> {
  const payload = { kind: 'members' as const, members, cid: randomUUID() }
  return (await socket.request('create_room', payload))._id
}

function say(socket: TestSocket, room_id: string, message_data = 'Hello') {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

async function listOf(socket: TestSocket): Promise<ListedRoom[]> {
  return (await socket.request('get_rooms', { limit: 100 })).rooms
}

/** All messages of a room, from its log. */
async function logOf(socket: TestSocket, room: string) {
  const all: Entry[] = []
  const { epoch } = await socket.request('join', { room, limit: 1 })
  for (let page: Pick<Page, 'more'> = { more: true }; page.more; ) {
    const position = { epoch, seq: all.at(-1)?.seq ?? 0, id: all.at(-1)?._id ?? null }
    const read = await socket.request('get_entries', { stream: roomStream(room), position })
    all.push(...read.entries)
    page = read
  }
  return all.filter(isMessage)
}

/** What the lists of some people have to say, by their operations. */
class Marks {
  readonly #marks = new Map<string, number>()

  of(user: string, room: string): number {
    return this.#marks.get(`${user} ${room}`) ?? 0
  }

  set(user: string, room: string, nth: number): void {
    this.#marks.set(`${user} ${room}`, nth)
  }

  raise(user: string, room: string, nth: number): void {
    this.set(user, room, Math.max(this.of(user, room), nth))
  }
}

/** Random messages and marks of some people over both servers, one after the other. */
async function operate(
  devices: readonly (readonly [user: string, socket: TestSocket])[],
  rooms: readonly string[],
  count: number,
): Promise<Marks> {
  const marks = new Marks()
  const lengths = new Map(rooms.map((room) => [room, 0]))
  const said = new Map<string, number>()
  for (const _ of range(1, count)) {
    const [user, socket] = devices[randomInt(devices.length)] as (typeof devices)[number]
    const room = rooms[randomInt(rooms.length)] as string
    const length = lengths.get(room) ?? 0
    const what = randomInt(4)
    if (length === 0 || what < 2) {
      const { nth } = await say(socket, room)
      lengths.set(room, nth)
      marks.raise(user, room, nth)
      said.set(`${user} ${room}`, performance.now())
      continue
    }
    const nth = 1 + randomInt(length)
    // What was written a moment ago is still to raise the mark, which two of these in a row would have to know.
    if (what === 3 && performance.now() - (said.get(`${user} ${room}`) ?? 0) < 2_500) continue
    await socket.request(what === 2 ? 'mark_read' : 'mark_unread', { stream: roomStream(room), nth })
    if (what === 2) marks.raise(user, room, nth)
    else marks.set(user, room, Math.min(marks.of(user, room), nth - 1))
  }
  return marks
}

for (const withRedis of [true, false])
  describeTwoServers(
    `Lists and marks on two servers ${withRedis ? 'with' : 'without'} Redis`,
    ({ newUrl, open }) => {
      const openTwo = (options?: Partial<ChatServerOptions>) => open(newUrl(), deadlineMs, options)

      it('[RL26, RL8] count what a recount of the log counts, after whatever people do', {
        timeout: 300_000,
      }, async () => {
        const servers = await openTwo()
        const people = ['ann', 'ben', 'cat']
        const connect = (chat: TestChat) => Promise.all(people.map((user) => chat.connect(user)))
        const sockets = (await Promise.all(servers.map(connect))).flat()
        const devices = sockets.map((socket, at) => [people[at % people.length] as string, socket] as const)
        const ann = sockets[0] as TestSocket
        const rooms = [await create(ann, ['ben', 'cat']), await create(ann, ['ben', 'cat'])]
        const marks = await operate(devices, rooms, withRedis ? 60 : 30)
        const logs = new Map(
          await Promise.all(rooms.map(async (room) => [room, await logOf(ann, room)] as const)),
        )
        const recounted = (user: string, room: string) => {
          const nth = marks.of(user, room)
          const unread = logs.get(room)?.filter((one) => one.nth > nth && one.author !== user).length
          return [room, nth, unread, logs.get(room)?.at(-1)?._id]
        }
        for (const [user, socket] of devices) {
          const listed = async () =>
            (await listOf(socket))
              .map(({ _id, reader, last }) => [_id, reader.nth, reader.unread, last?._id])
              .toSorted()
          await expect.poll(listed, patience).toEqual(rooms.map((room) => recounted(user, room)).toSorted())
          const all = rooms.map((room) => recounted(user, room)[2] as number)
          expect(await socket.request('get_unread', {})).toMatchObject({
            unread: all.reduce((a, b) => a + b, 0),
          })
        }
      })

      it('[RL26, RL4] tell of what is sent on the other server, and of nothing once somebody is removed', {
        timeout: 300_000,
      }, async () => {
        const [east, west] = await openTwo()
        const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
        const [room, other] = [await create(ann, ['ben']), await create(ann, ['ben'])]
        expect((await listOf(ben)).map(({ _id }) => _id)).toEqual([other, room])
        const sent = await say(ann, room)
        const told = await ben.first('room_activity', ({ rooms }) => rooms.some((one) => one.room === room))
        expect(told.rooms).toContainEqual({ room, head: { seq: 1, nth: 1, id: sent._id }, last: sent })
        await expect
          .poll(async () => (await listOf(ben)).map(({ _id }) => _id), patience)
          .toEqual([room, other])

        await ann.request('remove_members', { room, members: ['ben'] })
        expect((await listOf(ben)).map(({ _id }) => _id)).toEqual([other])
        await ben.first(
          'member_changed',
          (data) => data.room === room && data.changes.some(({ role }) => role === null),
        )
        await say(ann, room, 'secret')
        await say(ann, other, 'open')
        await ben.first('room_activity', ({ rooms }) =>
          rooms.some(({ last }) => last?.message_data === 'open'),
        )
        expect(JSON.stringify(ben.frames)).not.toContain('secret')
      })

      if (withRedis)
        it('[RL26, RL9, RL10] tell all devices of a mark, and others of what was read', {
          timeout: 300_000,
        }, async () => {
          const [east, west] = await openTwo()
          const [ann, ben, phone] = [
            await east.connect('ann'),
            await west.connect('ben'),
            await east.connect('ben'),
          ]
          const room = await create(ann, ['ben'])
          await ann.request('join', { room })
          for (const _ of range(1, 3)) await say(ann, room)
          const reader = await ben.request('mark_read', { stream: roomStream(room), nth: 2 })
          expect(await phone.first('reader_changed', ({ data }) => data.nth === 2)).toEqual({ data: reader })
          const { receipts } = await ann.first('receipts', (data) =>
            data.receipts.some((one) => one.user_id === 'ben'),
          )
          expect(receipts.find(({ user_id }) => user_id === 'ben')?.nth).toBe(2)
          await say(ben, room)
          await phone.first('reader_changed', ({ data }) => data.nth === 4 && data.unread === 0)
        })
    },
    { kind: mongoKinds.at(-1), withRedis },
  )
