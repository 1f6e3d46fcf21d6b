import { randomUUID } from 'node:crypto'
import { type Entry, type Message, type MessageChange, protocolVersion } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import type { Bus } from '../src/nodes/bus.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { entriesIn, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { range } from '../src/testing/store-cases/making.ts'
import { eraseAll, operatorAuth } from './support/erasing.ts'
import { describeTwoServers } from './support/two-servers.ts'

const deadlineMs = 30_000
const room = 'r'
const stream = 'room:r'
const keyPepper = 'the pepper of both servers'

/** A bus over which nothing arrives. */
const silent = (): Bus => ({ isConnected: false, start: async () => {}, publish() {}, stop: async () => {} })

const of = ({ seq, _id: message_id }: Message) => ({ stream, seq, message_id, cid: randomUUID() })

const say = (socket: TestSocket, message_data: string): Promise<Message> =>
  socket.request('message_event', { room_id: room, message_data, cid: randomUUID() })

/** Waits until a socket has got an entry. */
async function got(socket: TestSocket, is: (entry: Entry) => boolean): Promise<Entry> {
  const frame = await socket.first('entries', ({ entries }) => entries.some(is))
  return frame.entries.find(is) as Entry
}

/** Ann on one server, ben and zoe on the other, who have joined a room; ann has written to it. */
async function openRoom([east, west]: readonly [TestChat, TestChat]) {
  const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
  const zoe = await west.connect('zoe', { role: 'agent' })
  for (const socket of [ann, ben, zoe]) await socket.request('join', { room })
  return { ann, ben, zoe, message: await say(ann, 'one') }
}

/** What somebody who comes to a server now reads there of the newest message. */
async function readAnew(chat: TestChat): Promise<Message> {
  const socket = await chat.connect(randomUUID())
  const { entries } = await socket.request('join', { room, limit: 1 })
  return entries[0] as Message
}

describeTwoServers(
  'two servers on one MongoDB',
  ({ newUrl, open }) => {
    for (const [how, options] of [
      ['with Redis', {}],
      ['without', { bus: silent() }],
    ] as const) {
      it(`[CH9] show those of the other what becomes of a message, ${how}`, async () => {
        const chats = await open(newUrl(), deadlineMs, options)
        const [, west] = chats
        const { ann, ben, zoe, message } = await openRoom(chats)
        const v2 = await west.connectV2()
        v2.emit('join', { room })
        await got(ben, ({ seq }) => seq === message.seq)
        await v2.untilHeard('my_response')

        await ann.request('edit_message', { ...of(message), message_data: 'two' })
        const edited = (await got(
          ben,
          (entry) => 'change' in entry && entry.change === 'edited',
        )) as MessageChange
        expect([edited.target, edited.message_data, edited.by]).toEqual([message.seq, 'two', 'ann'])
        expect((await readAnew(west)).message_data).toBe('two')
        await expect.poll(() => JSON.stringify(v2.frames), { timeout: 20_000 }).toContain('(edited) two')

        await Promise.all([
          ...[ann, ben].map((socket) => socket.request('react', { ...of(message), reaction: '👍' })),
          zoe.request('pin_message', of(message)),
        ])
        await got(ann, (entry) => 'reaction' in entry && entry.reaction?.count === 2)
        await got(ann, (entry) => 'change' in entry && entry.change === 'pinned')
        for (const chat of chats)
          expect(await readAnew(chat)).toMatchObject({ pinned_by: 'zoe', reactions: [{ count: 2 }] })

        await ann.request('delete_message', of(message))
        await got(ben, (entry) => entry.type === 'deletion')
        for (const chat of chats) {
          const removed = await readAnew(chat)
          expect([removed.kind, removed.message_data, removed.reactions]).toEqual(['removed', '', undefined])
        }
      })
    }

    it('[CH3] count each person once, whichever server they ask', async () => {
      const chats = await open(newUrl(), deadlineMs)
      const { ann, message } = await openRoom(chats)
      const people = range(1, 6).map((n) => `user-${n}`)
      const sockets = await Promise.all(
        people.flatMap((user) => chats.map((chat) => chat.connect(user, { protocol: protocolVersion }))),
      )
      await Promise.all(sockets.map((socket) => socket.request('react', { ...of(message), reaction: '👍' })))
      const counts = ({ entries }: { entries: readonly Entry[] }) =>
        entries.flatMap((entry) => ('reaction' in entry && entry.reaction ? entry.reaction.count : []))
      await got(ann, (entry) => 'reaction' in entry && entry.reaction?.count === 6)
      expect(counts({ entries: entriesIn(ann.frames) })).toEqual([1, 2, 3, 4, 5, 6])
      for (const chat of chats) expect((await readAnew(chat)).reactions?.[0]?.count).toBe(6)
    })

    it('[CH10] leave nothing of an erased person in what either of them shows', async () => {
      const url = newUrl()
      const store = await mongoStore({ url, deadlineMs })
      const auth = await operatorAuth(store, keyPepper, ['export', 'erase'])
      const chats = await open(url, deadlineMs)
      const { ann, ben, message } = await openRoom(chats)
      await ann.request('edit_message', { ...of(message), message_data: 'secret' })
      const bens = await say(ben, 'kept')
      await ann.request('react', { ...of(bens), reaction: '👍' })
      // Both have it in memory by now.
      for (const chat of chats) expect(await readAnew(chat)).toMatchObject({ reactions: [{ count: 1 }] })
      const operator = await chats[0].connect('root', auth)

      await eraseAll(operator, 'ann')

      const { entries } = await store.streams.entries({ workspace_id: 'demo', stream }, 0)
      const kept = entries.map(({ text }) => text).join()
      expect([kept.includes('secret'), kept.includes('"ann"')]).toEqual([false, false])
      for (const chat of chats) {
        const reader = await chat.connect('cat')
        const shows = async () => JSON.stringify(await reader.request('join', { room }))
        await expect.poll(shows, { timeout: 20_000 }).not.toMatch(/secret|"ann"/)
      }
      await store.close()
    })
  },
  { withRedis: true },
)
