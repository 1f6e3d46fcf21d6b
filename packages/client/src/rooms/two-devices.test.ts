import { expect, it, onTestFinished } from 'vitest'
import { describeTwoServers } from '../../../server/tests/support/two-servers.ts'
import type { ChatClient } from '../client.ts'
import { openChat, openClient, until } from '../testing/chat.ts'

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

/** A device with its list of rooms. */
async function device(client: ChatClient) {
  await online(client)
  const [list, archive] = [client.rooms.list(), client.rooms.list({ isArchived: true })]
  const badge = client.rooms.unread()
  for (const one of [list, archive, badge]) {
    onTestFinished(one.retain())
    await expect.poll(() => one.getSnapshot().sync).toBe('live')
  }
  const room = (id: string) => list.getSnapshot().items.find(({ _id }) => _id === id)
  const texts = () => list.getSnapshot().items.map(({ last }) => last?.message_data)
  const unread = () => list.getSnapshot().items.map(({ reader }) => reader.unread)
  return { client, list, archive, badge, room, texts, unread }
}

type Device = Awaited<ReturnType<typeof device>>

/** Ann on two devices, and ben, who has a room with her. */
async function play(first: Device, second: Device, ben: ChatClient): Promise<void> {
  const both = [first, second]
  const ann = first.client
  const { _id: design } = await ben.rooms.create({ kind: 'members', title: 'Design', members: ['ann'] })
  const { _id: direct } = await ben.rooms.create({ kind: 'direct', members: ['ann'] })
  for (const { list } of both) await until(list, ({ items }) => items.length === 2)
  expect(first.room(direct)?.peers?.toSorted()).toEqual(['ann', 'ben'])

  // News come to both, and count.
  for (const text of ['one', 'two', 'three']) await ben.rooms.messages(design).send(text)
  await ben.rooms.messages(direct).send('direct')
  for (const { list, room, badge } of both) {
    await until(list, () => room(design)?.reader.unread === 3 && room(direct)?.reader.unread === 1)
    await until(badge, ({ unread, rooms }) => unread === 4 && rooms === 2)
  }

  // What is read on one is read on the other.
  const { reader, head } = first.room(design) ?? {}
  await ann.request.mark_read({ stream: reader?.stream ?? '', nth: head?.nth ?? 0 })
  for (const { list, room, badge } of both) {
    await until(list, () => room(design)?.reader.unread === 0)
    await until(badge, ({ unread }) => unread === 1)
  }
  await second.client.request.mark_unread({ stream: reader?.stream ?? '', nth: 2 })
  for (const { list, room } of both) await until(list, () => room(design)?.reader.unread === 2)

  // Writing reads what came before, also in a room that is not shown.
  await ann.rooms.messages(design).send('an answer')
  for (const { list, room, texts } of both) {
    await until(list, () => room(design)?.reader.unread === 0 && texts()[0] === 'an answer')
  }

  // How one keeps a room is the same on both.
  await ann.rooms.keep(direct, { is_pinned: true, is_muted: true })
  for (const { list, badge } of both) {
    await until(list, ({ items }) => items[0]?._id === direct && items[0].reader.is_muted)
    await until(badge, ({ unread }) => unread === 0)
  }
  await second.client.rooms.keep(design, { is_archived: true })
  for (const { list, archive } of both) {
    await until(list, ({ items }) => items.length === 1)
    await until(archive, ({ items }) => items[0]?._id === design)
  }
  await ann.rooms.keep(design, { is_archived: false })
  for (const { list } of both) await until(list, ({ items }) => items.length === 2)

  // An open room comes with the first message to it, or by being joined, and goes where it is left.
  const cafe = second.client.rooms.messages('cafe')
  const leave = cafe.retain()
  for (const { list, room } of both) await until(list, () => room('cafe') !== undefined)
  leave()
  await ann.rooms.leave('cafe')
  for (const { list, room } of both) await until(list, () => room('cafe') === undefined)
  await ann.rooms.messages('lobby').send('Hello')
  for (const { list, room } of both) await until(list, () => room('lobby')?.last?.message_data === 'Hello')
  await ben.rooms.leave(design)
  await ann.rooms.leave(design)
  for (const { list, room } of both) await until(list, () => room(design) === undefined)
  // The server says the same as is shown.
  for (const { list } of both) {
    const before = list.getSnapshot().items
    await list.reload()
    expect(list.getSnapshot().items).toEqual(before)
  }
}

it('[LR11] two devices of a person level, on one server', async () => {
  const { client } = await openChat()
  const ben = await online(client('ben'))
  await play(await device(client('ann')), await device(client('ann')), ben)
})

describeTwoServers(
  'lists of rooms of two servers on one MongoDB',
  ({ newUrl, openOne }) => {
    it('[LR11] two devices of a person level, each on its own server', async () => {
      const database = newUrl()
      const [east, west] = [await openOne(database, 20_000), await openOne(database, 20_000)]
      const ben = await online(openClient(west.url, 'ben'))
      const first = await device(openClient(east.url, 'ann'))
      await play(first, await device(openClient(west.url, 'ann')), ben)
    })
  },
  { withRedis: true },
)
