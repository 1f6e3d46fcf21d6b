import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'
import { isLive, message, roomOf } from './testing/listed.ts'

function open(more = false) {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const unread = { unread: 2, mentions: 1 }
  const rooms = [
    roomOf('a', 9, unread),
    roomOf('muted', 8, { ...unread, is_muted: true }),
    roomOf('b', 7),
    roomOf('c', 6, unread),
  ]
  fake.answer('get_rooms', ({ is_archived }) => ({ rooms: is_archived ? [] : (rooms as never), more }))
  const badge = fake.rooms.unread()
  onTestFinished(badge.retain())
  return { fake, badge }
}

const counts = ({ unread, mentions, rooms }: { unread: number; mentions: number; rooms: number }) => [
  ...[unread, mentions, rooms],
]

it('[LR9] adds up what is unread, without muted rooms, and asks nothing for it', async () => {
  const { fake, badge } = open()
  expect(badge.getSnapshot()).toMatchObject({ status: 'loading', unread: 0 })
  await until(badge, isLive)
  expect(counts(badge.getSnapshot())).toEqual([4, 2, 2])
  const last = message('b', 8, { mentions: [{ user_id: 'ann', start: 0, end: 3 }] })
  const head = { seq: 8, nth: 8, id: last._id }
  fake.push('room_activity', { rooms: [{ room: 'b', head, last }] })
  await until(badge, ({ unread }) => unread === 5)
  expect(counts(badge.getSnapshot())).toEqual([5, 3, 3])
  const before = badge.getSnapshot()
  fake.push('room_activity', { rooms: [{ room: 'muted', head: { ...head, seq: 9, nth: 9 }, last }] })
  fake.answer('keep_room', ({ room, ...kept }) =>
    fixtures.reader({ stream: `room:${room}`, unread: 2, mentions: 1, version: 2, ...(kept as object) }),
  )
  await fake.rooms.keep('c', { is_muted: true })
  expect(counts(badge.getSnapshot())).toEqual([3, 2, 2])
  expect(before).not.toBe(badge.getSnapshot())
  await fake.rooms.keep('a', { is_archived: true })
  expect(counts(badge.getSnapshot())).toEqual([1, 1, 1])
  expect(fake.requests.map(({ name }) => name)).not.toContain('get_unread')
})

it('[LR9] lets the server count what is not loaded, once for many messages', async () => {
  const { fake, badge } = open(true)
  fake.answer('get_unread', () => ({ unread: 14, mentions: 4, rooms: 9, more: false }))
  await until(badge, ({ unread }) => unread === 14)
  expect(counts(badge.getSnapshot())).toEqual([14, 4, 9])
  for (const nth of [8, 9, 10]) {
    const last = message('b', nth)
    fake.push('room_activity', { rooms: [{ room: 'b', head: { seq: nth, nth, id: last._id }, last }] })
  }
  await until(badge, ({ unread }) => unread === 17)
  expect(counts(badge.getSnapshot())).toEqual([17, 4, 10])
  expect(fake.requests.filter(({ name }) => name === 'get_unread')).toHaveLength(1)
})

it('[LR10] says who has read a message, as they read on', async () => {
  const fake = createFakeClient()
  onTestFinished(() => fake.close())
  fake.answer('get_receipts', ({ of }) => ({
    receipts: of === undefined ? [fixtures.receipt({ user_id: 'bob', nth: 3 })] : [],
    count: of === undefined ? null : 70,
  }))
  const receipts = fake.rooms.receipts('lobby')
  onTestFinished(receipts.retain())
  await until(receipts, isLive)
  const read = (nth: number, user_id: string) => fixtures.receipt({ user_id, nth })
  fake.push('receipts', { stream: 'room:lobby', receipts: [read(5, 'cat'), read(2, 'bob')] })
  fake.push('receipts', { stream: 'room:other', receipts: [read(9, 'bob')] })
  await until(receipts, ({ data }) => data?.receipts.length === 2)
  expect(receipts.getSnapshot().data?.receipts).toMatchObject([
    { user_id: 'bob', nth: 3 },
    { user_id: 'cat', nth: 5 },
  ])
  const large = fake.rooms.receipts('lobby', 4)
  onTestFinished(large.retain())
  expect((await until(large, isLive)).data).toEqual({ receipts: [], count: 70 })
  expect(fake.rooms.receipts('lobby')).toBe(receipts)
})
