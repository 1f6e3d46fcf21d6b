import { openLink } from '@dowellchat/browser'
import { embeddedStore } from '@dowellchat/server'
import { expect, it, onTestFinished } from 'vitest'
import { createChatClient } from '../client.ts'
import { authOf, openChat, until } from '../testing/chat.ts'
import { numbered, storeMessages } from '../testing/stored-room.ts'
import { boundsOf, type KeptMessages } from './kept-messages.ts'
import type { LiveStream } from './live-stream.ts'

const kept: KeptMessages = { atEnd: 100, scrolledUp: 220 }

/** A room of so many messages, which is followed, and somebody who writes there. */
async function openRoom(stored: number, keptMessages: KeptMessages = kept) {
  const store = await embeddedStore({ path: ':memory:' })
  if (stored > 0) await storeMessages(store, 'r', numbered('message', stored))
  const { server, client } = await openChat({ store })
  const link = await openLink(server.url)
  const ann = createChatClient({ url: link.url, auth: authOf('ann'), keptMessages })
  onTestFinished(() => ann.close())
  onTestFinished(ann.connect())
  const bob = client('bob')
  onTestFinished(bob.connect())
  const room = ann.rooms.messages('r')
  const release = room.retain()
  onTestFinished(release)
  await until(room, ({ sync }) => sync === 'live')
  await until(bob.connection, ({ status }) => status === 'online')
  return { link, bob, room, release, write: writer(bob.rooms.messages('r')) }
}

function writer(room: LiveStream) {
  return async (count: number): Promise<number> => {
    let last = 0
    for (let n = 0; n < count; n++) last = (await room.send('new')).seq
    return last
  }
}

const seqs = (room: LiveStream) => room.getSnapshot().messages.map(({ message }) => message.seq ?? 0)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
const untilSeq = (room: LiveStream, seq: number) =>
  until(room, ({ messages }) => messages.at(-1)?.message.seq === seq)

it('[LG1] makes one row for one message, whatever is loaded, and leaves earlier lists as they were', async () => {
  const { room, write } = await openRoom(60)
  const first = room.getSnapshot()
  const before = first.messages
  await untilSeq(room, await write(1))
  const second = room.getSnapshot()
  await untilSeq(room, await write(30))
  expect(second.messages).toHaveLength(51)
  expect(first.messages).toBe(before)
  const { messages } = room.getSnapshot()
  expect(messages).toHaveLength(81)
  expect(messages.slice(0, 50).filter((row, at) => row !== before[at])).toEqual([])
  expect(messages.slice(0, 51).filter((row, at) => row !== second.messages[at])).toEqual([])
})

it('[LG2] keeps the newest messages up to its bound, and loads again what it has let go of', async () => {
  const { room, write } = await openRoom(0)
  let most = 0
  onTestFinished(room.subscribe(() => (most = Math.max(most, seqs(room).length))))
  const last = await write(250)
  await untilSeq(room, last)
  expect(most).toBe(100)
  expect(seqs(room)).toEqual(range(last - seqs(room).length + 1, last))
  expect(room.getSnapshot().hasOlder).toBe(true)

  expect(await room.loadOlder()).toBe(true)
  expect(await room.loadOlder()).toBe(true)
  expect(seqs(room)).toEqual(range(last - seqs(room).length + 1, last))
  expect(seqs(room).length).toBeGreaterThanOrEqual(190)
})

it('[LG3] keeps more while a reader is scrolled up, goes no further back, and lets go at the end again', async () => {
  const { room, write } = await openRoom(400)
  while (await room.loadOlder());
  expect([seqs(room), room.getSnapshot().hasOlder]).toEqual([range(181, 400), false])
  await untilSeq(room, await write(1))
  expect([seqs(room), room.getSnapshot().hasOlder]).toEqual([range(204, 401), true])
  await room.loadOlder()
  expect(seqs(room)).toEqual(range(182, 401))

  room.trim()
  expect([seqs(room), room.getSnapshot().hasOlder]).toEqual([range(312, 401), true])
  await untilSeq(room, await write(20))
  expect(seqs(room)).toEqual(range(323, 421))
  await room.loadOlder()
  expect(seqs(room)).toEqual(range(273, 421))
})

it('[LG4] loads older messages once for all who ask at the same time, and never twice', async () => {
  const { room, write } = await openRoom(400)
  const both = [room.loadOlder(), room.loadOlder()]
  expect(both[0]).toBe(both[1])
  expect(await Promise.all(both)).toEqual([true, true])
  expect(seqs(room)).toEqual(range(301, 400))

  await room.loadOlder()
  // The answer belongs before a message that is let go of meanwhile.
  const loading = room.loadOlder()
  room.trim()
  expect(await loading).toBe(true)
  expect(seqs(room)).toEqual(range(311, 400))
  const during = room.loadOlder()
  const last = await write(30)
  await during
  await untilSeq(room, last)
  expect(seqs(room)).toEqual(range(261, last))
})

it('[LG4] can be asked for more by those who learn that a page has come', async () => {
  const { room } = await openRoom(300)
  onTestFinished(room.subscribe(() => void room.loadOlder()))
  void room.loadOlder()
  await until(room, ({ messages }) => messages.length === 220)
  expect(seqs(room)).toEqual(range(81, 300))
})

it('[LG4] cannot load older messages while offline, and can afterwards', async () => {
  const { link, room } = await openRoom(100)
  link.cut()
  await until(room, ({ sync }) => sync === 'offline')
  await expect(room.loadOlder()).rejects.toMatchObject({ code: 'unavailable', request: 'get_messages' })
  expect(room.getSnapshot()).toMatchObject({ status: 'ready', hasOlder: true })
  link.mend()
  await until(room, ({ sync }) => sync === 'live')
  expect(await room.loadOlder()).toBe(false)
  expect(seqs(room)).toEqual(range(1, 100))
})

it('[LG5] lets go of all but the newest page when nobody holds it, and is complete for who comes back', async () => {
  const { room, release, write } = await openRoom(300)
  await room.loadOlder()
  expect(seqs(room)).toHaveLength(100)
  release()
  await until(room, ({ sync }) => sync === 'offline')
  expect([seqs(room), room.getSnapshot().hasOlder]).toEqual([range(251, 300), true])
  const last = await write(20)
  onTestFinished(room.retain())
  await untilSeq(room, last)
  await room.loadOlder()
  expect(seqs(room)).toEqual(range(201, 320))
})

it('[LG2] keeps 1,000 and 5,000 unless it is told, and never less than a page', () => {
  expect(boundsOf()).toEqual({ atEnd: 1_000, scrolledUp: 5_000 })
  expect(boundsOf({ atEnd: 40_000 })).toEqual({ atEnd: 40_000, scrolledUp: 40_000 })
  expect(boundsOf({ atEnd: 0, scrolledUp: 0 })).toEqual({ atEnd: 50, scrolledUp: 50 })
})

it('[LG7] gives every row another key, also where somebody sends under the cid of another’s message', async () => {
  const { bob, room } = await openRoom(0)
  const own = await room.send('mine')
  const theirs = await bob.request.message_event({ room_id: 'r', message_data: 'theirs', cid: own.cid })
  const { messages } = await untilSeq(room, theirs.seq)
  expect(messages.map(({ key, isOwn }) => [key, isOwn])).toEqual([
    [own.cid, true],
    [theirs._id, false],
  ])
})
