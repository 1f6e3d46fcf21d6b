import { randomUUID } from 'node:crypto'
import { type ListedRoom, limits, type PushOf, type Room, roomStream } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { gate } from '../../../tests/support/gate.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { Store } from '../../stores/store.ts'
import { type Auth, openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'
import { range } from '../../testing/store-cases/making.ts'

async function create(socket: TestSocket, members: string[], more: object = {}): Promise<Room> {
  return socket.request('create_room', { kind: 'members', members, cid: randomUUID(), ...more })
}

function say(socket: TestSocket, room_id: string, message_data = 'Hello') {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

async function listOf(socket: TestSocket, payload: object = {}): Promise<ListedRoom[]> {
  return (await socket.request('get_rooms', payload)).rooms
}

async function namesOf(socket: TestSocket, payload: object = {}): Promise<string[]> {
  return (await listOf(socket, payload)).map(({ _id }) => _id)
}

/** Waits for a list, which follows messages behind them. */
function untilListed(socket: TestSocket, names: readonly string[]): Promise<void> {
  return expect.poll(() => namesOf(socket)).toEqual(names)
}

/** How many pushes there are at most of which one comes a second, the first after one. A timer may be a little early. */
function mostSince(startedAt: number): number {
  return Math.floor((performance.now() - startedAt + 50) / 1_000)
}

async function connectAll(chat: TestChat, ...names: string[]): Promise<TestSocket[]> {
  return Promise.all(names.map((name) => chat.connect(name)))
}

it('[RL1] lists rooms with members and open ones, by last activity, with what they were about last', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const group = await create(ann, ['ben'], { title: 'Design' })
  const direct = await create(ann, ['ben'], { kind: 'direct' })
  await ben.request('join', { room: 'lobby' })
  await untilListed(ben, ['lobby', direct._id, group._id])
  const sent = await say(ann, group._id, 'Look')
  await untilListed(ben, [group._id, 'lobby', direct._id])
  const [first, second, third] = (await listOf(ben)) as [ListedRoom, ListedRoom, ListedRoom]
  expect(first).toEqual({
    ...group,
    head: { seq: 1, nth: 1, id: sent._id },
    last: sent,
    active_at: sent.created_at,
    peers: null,
    reader: {
      stream: roomStream(group._id),
      nth: 0,
      unread: 1,
      mentions: 0,
      is_muted: false,
      is_pinned: false,
      is_archived: false,
      version: 1,
    },
  })
  expect([second.kind, second.last, second.head.nth, second.reader.unread]).toEqual(['open', null, 0, 0])
  expect([third.peers?.toSorted(), third.title]).toEqual([['ann', 'ben'], null])
})

it('[RL1] has pages, of which none shows a room that one was removed from', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const rooms: string[] = []
  for (const _ of range(1, 7)) rooms.unshift((await create(ann, ['ben']))._id)
  const paged: string[] = []
  for (let more = true; more; ) {
    const before = paged.at(-1)
    const page = await ben.request('get_rooms', { limit: 2, ...(before !== undefined && { before }) })
    paged.push(...page.rooms.map(({ _id }) => _id))
    more = page.more
  }
  expect(paged).toEqual(rooms)
  await ann.request('remove_members', { room: rooms[0] as string, members: ['ben'] })
  await ann.request('close_room', { room: rooms[1] as string })
  expect(await namesOf(ben)).toEqual(rooms.slice(2))
  expect(await namesOf(ben, { before: rooms[0] as string })).toEqual([])
})

it('[RL1] answers with as many rooms as fit, and goes on after them', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const rooms = await Promise.all(range(1, 8).map(() => create(ann, ['ben'])))
  await Promise.all(rooms.map(({ _id }) => say(ann, _id, '\u{1F600}'.repeat(limits.text_length - 10))))
  const first = await ben.request('get_rooms', {})
  expect([first.rooms.length > 0, first.rooms.length < 8, first.more]).toEqual([true, true, true])
  const rest = await ben.request('get_rooms', { before: first.rooms.at(-1)?._id as string })
  const names = [...first.rooms, ...rest.rooms].map(({ _id }) => _id)
  expect(names.toSorted()).toEqual(rooms.map(({ _id }) => _id).toSorted())
})

it('[RL2, RL3] lists an open room that one has joined or written to, until one leaves it for good', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const nobody = await chat.connectV2()
  const page = await chat.connectV2({
    workspace_id: 'demo',
    api_key: 'demo-key',
    user_id: 'ann',
    role: 'customer',
  })
  nobody.emit('join', { room: 'lobby' })
  await ann.request('join', { room: 'lobby' })
  await say(ben, 'lobby')
  await untilListed(ann, ['lobby'])
  await untilListed(ben, ['lobby'])
  await ann.request('leave', { room: 'lobby' })
  await ben.request('leave_room', { room: 'lobby' })
  await nobody.ask('message_event', { room_id: 'lobby', message_data: 'Hello' })
  expect([await namesOf(ann), await namesOf(ben)]).toEqual([['lobby'], []])
  await page.ask('join', { room: 'lobby' })
  await page.ask('leave', { room: 'lobby' })
  expect(await namesOf(ann)).toEqual([])
  await say(ann, 'lobby')
  await ann.request('leave_room', { room: 'lobby' })
  await say(ben, 'lobby')
  await untilListed(ben, ['lobby'])
  expect(await namesOf(ann)).toEqual([])
})

it('[RL4] tells of new messages in listed rooms, together and once a second', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben, eve] = (await connectAll(chat, 'ann', 'ben', 'eve')) as [
    TestSocket,
    TestSocket,
    TestSocket,
  ]
  const [one, two] = [await create(ann, ['ben']), await create(ann, ['ben'])]
  await eve.request('get_rooms', {})
  await listOf(ben)
  const before = ben.frames.length
  const pushes = () => ben.frames.slice(before).filter(([event]) => event === 'room_activity')
  const activity = () =>
    new Map(
      pushes().flatMap(([, push]) =>
        (push as PushOf<'room_activity'>).rooms.map(({ room, ...rest }) => [room, rest] as const),
      ),
    )
  const startedAt = performance.now()
  for (const n of range(1, 5)) await say(ann, one._id, `${n}`)
  const last = await say(ann, two._id)
  // They are told a second after the first.
  const areTogether = performance.now() - startedAt < 900
  await expect
    .poll(() => [activity().get(one._id)?.head.nth, activity().get(two._id)?.head.nth])
    .toEqual([5, 1])
  expect(activity().size).toBe(2)
  expect(activity().get(two._id)).toEqual({ head: { seq: 1, nth: 1, id: last._id }, last })
  if (areTogether) expect(pushes()).toHaveLength(1)
  await ann.request('remove_members', { room: one._id, members: ['ben'] })
  await say(ann, one._id, 'secret')
  await say(ann, two._id, 'open')
  await ben.first('room_activity', ({ rooms: later }) =>
    later.some(({ last: text }) => text?.message_data === 'open'),
  )
  expect(pushes().length).toBeLessThanOrEqual(mostSince(startedAt))
  expect(JSON.stringify(ben.frames)).not.toContain('secret')
  expect(eve.frames.some(([event]) => event === 'room_activity')).toBe(false)
})

it('[RL5] keeps rooms as somebody wants them, on all of their devices', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, phone, ben] = (await connectAll(chat, 'ann', 'ann', 'ben')) as [
    TestSocket,
    TestSocket,
    TestSocket,
  ]
  const rooms: string[] = []
  for (const _ of range(1, 4)) rooms.unshift((await create(ann, ['ben']))._id)
  const [a, b, c, d] = rooms as [string, string, string, string]
  const pinned = await ann.request('keep_room', { room: d, is_pinned: true })
  expect([pinned.is_pinned, pinned.is_muted, pinned.stream]).toEqual([true, false, roomStream(d)])
  expect(await phone.first('reader_changed')).toEqual({ data: pinned })
  await ann.request('keep_room', { room: c, is_archived: true })
  expect(await namesOf(ann)).toEqual([d, a, b])
  expect(await namesOf(ann, { is_archived: true })).toEqual([c])
  expect(await namesOf(ben)).toEqual([a, b, c, d])
  await ann.request('keep_room', { room: d, is_pinned: false, is_muted: true })
  expect((await listOf(ann)).map(({ _id, reader }) => [_id, reader.is_muted])).toEqual([
    [a, false],
    [b, false],
    [d, true],
  ])
  const wrong = ['lobby', '~nothing', (await create(ben, []))._id]
  for (const room of wrong) expect(await ann.refusal('keep_room', { room, is_muted: true })).toBe('not_found')
})

it('[RL5] says of an open room that one has just joined that it is not listed, not that it is not there', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  await ann.request('join', { room: 'lobby' })
  const answer = await ann.ask('keep_room', { room: 'lobby', is_pinned: true })
  expect(answer).toMatchObject({
    error: { code: 'not_found', message: expect.stringContaining('Room lobby is not in your list') },
  })
})

it('[RL5] pins no more rooms than may be', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  const rooms = await Promise.all(range(0, limits.pinned_rooms).map(() => create(ann, [])))
  for (const { _id } of rooms.slice(1)) await ann.request('keep_room', { room: _id, is_pinned: true })
  const room = (rooms[0] as Room)._id
  expect(await ann.refusal('keep_room', { room, is_pinned: true })).toBe('limit_reached')
})

it('[RL6] sums what is unread, but for muted and archived rooms', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = (await connectAll(chat, 'ann', 'ben')) as [TestSocket, TestSocket]
  const rooms: string[] = []
  for (const n of range(1, 4)) {
    const { _id } = await create(ann, ['ben'])
    for (const _ of range(1, n)) await say(ann, _id)
    rooms.push(_id)
  }
  const [, , muted, archived] = rooms as [string, string, string, string]
  expect(await ben.request('get_unread', {})).toEqual({ unread: 10, mentions: 0, rooms: 4, more: false })
  await ben.request('keep_room', { room: muted, is_muted: true })
  await ben.request('keep_room', { room: archived, is_archived: true })
  expect(await ben.request('get_unread', {})).toEqual({ unread: 3, mentions: 0, rooms: 2, more: false })
  expect(await ann.request('get_unread', {})).toEqual({ unread: 0, mentions: 0, rooms: 0, more: false })
})

it('[RL1] shows only the open rooms that a token is for', async () => {
  const workspaces = [{ id: 'demo', keys: ['demo-key'] }]
  const chat = await openChat(onTestFinished, { workspaces })
  const withToken = async (rooms?: string[]): Promise<Auth> => ({
    user_id: undefined,
    api_key: undefined,
    workspace_id: undefined,
    token: await chat.server.tokenFor('ann', rooms ? { rooms } : {}),
  })
  const all = await chat.connect('ann', await withToken())
  for (const room of ['orders-1', 'lobby']) await all.request('join', { room })
  await expect.poll(async () => (await namesOf(all)).toSorted()).toEqual(['lobby', 'orders-1'])
  const some = await chat.connect('ann', await withToken(['orders-*']))
  expect(await namesOf(some)).toEqual(['orders-1'])
})

it('[RL13] moves a large room up in no more lists than may be, and in the end in all', async () => {
  const moved: number[] = []
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const readers: Store['readers'] = {
    ...store.readers,
    async move(...args) {
      const count = await store.readers.move(...args)
      moved.push(count)
      return count
    },
  }
  const chat = await openChat(onTestFinished, { store: { ...store, readers, close: async () => {} } })
  const ann = await chat.connect('ann')
  const { _id: room } = await create(ann, [])
  const people = range(1, limits.room_members - 1).map((n) => `user ${n}`)
  for (let at = 0; at < people.length; at += limits.room_members_at_once)
    await ann.request('add_members', { room, members: people.slice(at, at + limits.room_members_at_once) })
  for (const _ of range(1, 6)) {
    await say(ann, room)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  // After the first time it waits as many seconds as 50 readers each take.
  expect(moved.filter((count) => count > 0)).toEqual([limits.room_members])
  await chat.close()
  expect(moved.at(-1)).toBe(limits.room_members)
  const last = await store.readers.list('demo', { user_ids: ['user 7'], is_archived: false, limit: 9 })
  expect(last.readers.map(({ stream }) => stream)).toEqual([roomStream(room)])
})

it('[RL27] writes once a second, however many messages there are', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const calls: string[] = []
  const readers = new Proxy(store.readers, {
    get(target, name: keyof Store['readers']) {
      calls.push(name)
      return target[name]
    },
  })
  const chat = await openChat(onTestFinished, { store: { ...store, readers, close: async () => {} } })
  const ann = await chat.connect('ann')
  const from = performance.now()
  for (const _ of range(1, 20)) await Promise.all(range(1, 20).map(() => say(ann, 'lobby')))
  const seconds = Math.ceil((performance.now() - from) / 1_000)
  const during = calls.length
  await untilListed(ann, ['lobby'])
  expect(calls.filter((name) => name === 'mark').length).toBeGreaterThan(0)
  // A mark and a move.
  expect(during).toBeLessThanOrEqual(2 * seconds)
})

it('[RL27] asks a store again that failed, and writes everything when it closes', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  let failures = 2
  const readers: Store['readers'] = {
    ...store.readers,
    async mark(...args) {
      failures -= 1
      if (failures >= 0) throw new Error('not now')
      return store.readers.mark(...args)
    },
  }
  const chat = await openChat(onTestFinished, { store: { ...store, readers, close: async () => {} } })
  const ann = await chat.connect('ann')
  await say(ann, 'lobby')
  await untilListed(ann, ['lobby'])
  expect(failures).toBe(-1)
  await say(ann, 'kitchen')
  await chat.close()
  const { readers: rows } = await store.readers.list('demo', {
    user_ids: ['ann'],
    is_archived: false,
    limit: 9,
  })
  expect(rows.map(({ stream }) => stream)).toEqual(['room:kitchen', 'room:lobby'])
})

it.each([
  ['joined', 'enter', (ann: TestSocket) => ann.request('join', { room: 'lobby' })],
  ['written to', 'mark', (ann: TestSocket) => say(ann, 'lobby')],
] as const)(
  '[RL3] does not list a room again that was %s and left while a write failed',
  async (_, method, come) => {
    const store = await embeddedStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    const [begun, failed] = [gate(), gate()]
    let isFirst = true
    const failOnce = async (): Promise<void> => {
      if (!isFirst) return
      isFirst = false
      begun.open()
      await failed.opened
      throw new Error('a planted failure')
    }
    const readers: Store['readers'] = {
      ...store.readers,
      async [method](...args: never[]) {
        await failOnce()
        return (store.readers[method] as (...all: never[]) => Promise<never>)(...args)
      },
    }
    const chat = await openChat(onTestFinished, { store: { ...store, readers, close: async () => {} } })
    const ann = await chat.connect('ann')
    await come(ann)
    await begun.opened
    const left = ann.request('leave_room', { room: 'lobby' })
    await ann.settle()
    failed.open()
    await left
    // Those who come to a room later are written with what could not be written before.
    await ann.request('join', { room: 'kitchen' })
    await say(ann, 'kitchen')
    await untilListed(ann, ['kitchen'])
  },
)

it('[RL2] lists a room that somebody has left and come back to while a write was under way', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const [begun, released] = [gate(), gate()]
  const readers: Store['readers'] = {
    ...store.readers,
    async enter(...args) {
      begun.open()
      await released.opened
      return store.readers.enter(...args)
    },
  }
  const chat = await openChat(onTestFinished, { store: { ...store, readers, close: async () => {} } })
  const ann = await chat.connect('ann')
  await ann.request('join', { room: 'lobby' })
  await begun.opened
  const left = ann.request('leave_room', { room: 'lobby' })
  await ann.settle()
  await ann.request('join', { room: 'lobby' })
  released.open()
  await left
  await untilListed(ann, ['lobby'])
})
