import { expect, it, onTestFinished, vi } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'
import { isLive, message, minute, roomOf } from './testing/listed.ts'

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

/** A list of two rooms of six, whose next pages have two more each; 11 messages are unread in all. */
async function openPages() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const rooms = [
    ...[roomOf('a', 9, { unread: 2 }), roomOf('b', 8), roomOf('c', 7, { nth: 2, unread: 5 })],
    ...[roomOf('d', 6, { nth: 3, unread: 3 }), roomOf('e', 5, { unread: 1 }), roomOf('f', 4)],
  ]
  fake.answer('get_rooms', ({ is_archived, before }) => {
    const from = rooms.findIndex(({ _id }) => _id === before) + 1
    const page = is_archived ? [] : rooms.slice(from, from + 2)
    return { rooms: page as never, more: !is_archived && from + 2 < rooms.length }
  })
  const counted = { unread: 11, mentions: 0, rooms: 4 }
  fake.answer('get_unread', () => ({ ...counted, more: false }))
  const badge = fake.rooms.unread()
  onTestFinished(badge.retain())
  await until(badge, ({ unread }) => unread === 11)
  const asked = () => fake.requests.filter(({ name }) => name === 'get_unread').length
  return { fake, badge, rooms, counted, asked }
}

it('[LR9] counts rooms once that are loaded after the others were counted', async () => {
  const { fake, badge, asked } = await openPages()
  const seen = new Set<number>()
  onTestFinished(badge.subscribe(() => seen.add(badge.getSnapshot().unread)))
  await fake.rooms.list().loadMore()
  expect(fake.rooms.list().getSnapshot().items).toHaveLength(4)
  expect(counts(badge.getSnapshot())).toEqual([11, 0, 4])
  // What changes in them afterwards counts.
  const last = message('d', 7, { created_at: minute(12) })
  fake.push('room_activity', { rooms: [{ room: 'd', head: { seq: 7, nth: 7, id: last._id }, last }] })
  await until(badge, ({ unread }) => unread === 12)
  fake.push('reader_changed', {
    data: fixtures.reader({ stream: 'room:c', nth: 7, unread: 0, version: 2 }),
    is_listed: true,
  })
  await until(badge, ({ unread }) => unread === 7)
  await fake.rooms.list().loadMore()
  expect(counts(badge.getSnapshot())).toEqual([7, 0, 3])
  expect([...seen]).toEqual([12, 7])
  expect(asked()).toBe(1)
})

it('[LR9] counts again once a room has come to the list that is new, or has new messages', async () => {
  const { fake, badge, rooms, counted, asked } = await openPages()
  const { setSystemTime, useFakeTimers, useRealTimers } = vi
  onTestFinished(() => void useRealTimers())
  useFakeTimers({ toFake: ['Date'] })
  setSystemTime(Date.now() + 6_000)
  // A message has come to the last room but one, which was not loaded.
  rooms.unshift(...rooms.splice(4, 1).map(() => roomOf('e', 10, { unread: 2 })))
  counted.unread = 12
  await fake.rooms.list().loadMore()
  await until(badge, ({ unread }) => unread === 12)
  expect(counts(badge.getSnapshot())).toEqual([12, 0, 4])
  expect(asked()).toBe(2)
})

it('[LR9] counts again when it is reloaded, and says why it could not', async () => {
  const { fake, badge, counted, asked } = await openPages()
  counted.unread = 13
  await badge.reload()
  expect(badge.getSnapshot()).toMatchObject({ unread: 13, sync: 'live', error: null })
  fake.fail('get_unread', 'internal')
  await badge.reload()
  const failed = { status: 'ready', unread: 13, sync: 'offline', error: { code: 'internal' } }
  expect(badge.getSnapshot()).toMatchObject(failed)
  fake.succeed('get_unread')
  fake.answer('get_unread', () => ({ ...counted, unread: 14, more: false }))
  await badge.reload()
  expect(badge.getSnapshot()).toMatchObject({ unread: 14, sync: 'live', error: null })
  expect(asked()).toBe(4)
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
