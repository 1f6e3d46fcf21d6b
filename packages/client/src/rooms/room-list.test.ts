import { expect, it, onTestFinished, vi } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'
import { isLive, type Listed, message, minute, roomOf } from './testing/listed.ts'

async function openList(rooms: readonly Listed[], isArchived = false) {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const answered = { rooms: [...rooms], more: false }
  fake.answer('get_rooms', ({ is_archived = false }) => ({
    ...answered,
    rooms: answered.rooms.filter(({ reader }) => reader.is_archived === is_archived),
  }))
  const list = fake.rooms.list({ isArchived })
  onTestFinished(list.retain())
  await until(list, isLive)
  const names = () => list.getSnapshot().items.map(({ _id }) => _id)
  const room = (name: string) => list.getSnapshot().items.find(({ _id }) => _id === name)
  const count = (name: string) => fake.requests.filter((one) => one.name === name).length
  /** New messages of a room, of which the last one is told. */
  const activity = (name: string, nth: number, changes: object = {}) => {
    const last = message(name, nth, changes)
    fake.push('room_activity', { rooms: [{ room: name, head: { seq: nth, nth, id: last._id }, last }] })
  }
  return { fake, list, names, room, count, activity, answered }
}

it('[LR1] lists rooms by last activity, pinned ones first, and moves a room with news alone', async () => {
  const pinned = roomOf('pinned', 1, { is_pinned: true })
  const { list, names, room, activity } = await openList([pinned, roomOf('b', 5), roomOf('a', 3)])
  expect(names()).toEqual(['pinned', 'b', 'a'])
  const before = room('b')
  activity('a', 6)
  await until(list, ({ items }) => items[1]?._id === 'a')
  expect(names()).toEqual(['pinned', 'a', 'b'])
  expect(room('a')).toMatchObject({ head: { nth: 6 }, last: { nth: 6 }, reader: { unread: 3 } })
  expect(room('b')).toBe(before)
})

it('[LR2] counts others’ messages and mentions at once, and none for one’s own', async () => {
  const { list, room, activity } = await openList([roomOf('a', 3)])
  activity('a', 4)
  await until(list, () => room('a')?.reader.unread === 1)
  activity('a', 5, { mentions: [{ user_id: 'ann', start: 0, end: 3 }] })
  await until(list, () => room('a')?.reader.mentions === 1)
  expect(room('a')?.reader).toMatchObject({ nth: 3, unread: 2, mentions: 1 })
  // The same again, and an older one.
  const heard = vi.fn()
  list.subscribe(heard)
  activity('a', 5)
  activity('a', 4)
  activity('a', 6, { author: 'ann' })
  await until(list, () => room('a')?.head.nth === 6)
  expect(heard).toHaveBeenCalledTimes(1)
  expect(room('a')?.reader).toMatchObject({ nth: 6, unread: 0, mentions: 0 })
})

it('[LR2] counts up to 1,000', async () => {
  const { list, room, activity } = await openList([roomOf('a', 3)])
  activity('a', 5_000)
  await until(list, () => room('a')?.head.nth === 5_000)
  expect(room('a')?.reader.unread).toBe(1_000)
})

it('[LR3] takes what the server has counted, and counts none of that twice', async () => {
  const { fake, list, room, activity } = await openList([roomOf('a', 3)])
  // The server has counted three that are not known here.
  const data = fixtures.reader({ stream: 'room:a', nth: 3, unread: 3, mentions: 1, version: 2 })
  fake.push('reader_changed', { data })
  await until(list, () => room('a')?.reader.unread === 3)
  activity('a', 6, { mentions: [{ user_id: 'ann', start: 0, end: 3 }] })
  await until(list, () => room('a')?.head.nth === 6)
  expect(room('a')?.reader).toMatchObject({ unread: 3, mentions: 1 })
  activity('a', 7)
  await until(list, () => room('a')?.reader.unread === 4)
  // An older one changes nothing.
  fake.push('reader_changed', { data: { ...data, nth: 1, version: 1 } })
  fake.push('reader_changed', { data: { ...data, nth: 7, unread: 0, mentions: 0, version: 3 } })
  await until(list, () => room('a')?.reader.unread === 0)
  expect(room('a')?.reader).toMatchObject({ nth: 7, version: 3 })
})

it('[LR3] asks the server to count where it is not sure, once for several messages', async () => {
  const { fake, list, room, activity, count } = await openList([roomOf('a', 3)])
  fake.answer('mark_read', ({ stream }) =>
    fixtures.reader({ stream, nth: 3, unread: 2, mentions: 1, version: 1 }),
  )
  activity('a', 6)
  activity('a', 9)
  await until(list, () => room('a')?.reader.unread === 6)
  await until(list, () => room('a')?.reader.unread === 2)
  expect(room('a')?.reader.mentions).toBe(1)
  expect(count('mark_read')).toBe(1)
  expect(fake.requests.find(({ name }) => name === 'mark_read')?.payload).toEqual({
    stream: 'room:a',
    nth: 0,
  })
})

it('[LR3] asks again where a reader was counted before a message that is shown, and where a change may have made or ended a mention', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { fake, room, activity, count } = await openList([roomOf('a', 3), roomOf('b', 2)])
  const counts = { a: { unread: 2, mentions: 0 }, b: { unread: 1, mentions: 0 } }
  fake.answer('mark_read', ({ stream }) => {
    const name = stream === 'room:a' ? 'a' : 'b'
    return fixtures.reader({ stream, nth: name === 'a' ? 3 : 2, ...counts[name], version: 2 })
  })
  activity('a', 4)
  activity('a', 5)
  // The server has counted it before the last message came.
  const late = fixtures.reader({ stream: 'room:a', nth: 3, unread: 1, version: 2 })
  fake.push('reader_changed', { data: late })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(room('a')?.reader.unread).toBe(2)
  expect(count('mark_read')).toBe(1)

  // It mentions the user, and is edited then: this list hears only that the log has grown.
  const mentions = [{ user_id: 'ann', start: 0, end: 3 }]
  activity('b', 3, { mentions })
  await vi.advanceTimersByTimeAsync(1)
  expect(room('b')?.reader.mentions).toBe(1)
  const head = { seq: 4, nth: 3, id: 'edit' }
  counts.b.mentions = 1
  await vi.advanceTimersByTimeAsync(30_000)
  counts.b.mentions = 0
  const asked = count('mark_read')
  fake.push('room_activity', { rooms: [{ room: 'b', head, last: message('b', 3, { version: 4 }) }] })
  await vi.advanceTimersByTimeAsync(15_000)
  expect(room('b')?.reader.mentions).toBe(0)
  expect(count('mark_read')).toBe(asked + 1)
  // What the user has written after the mark is not unread: the answer counts fewer than there are, and is right.
  counts.a.unread = 1
  fake.push('reader_changed', { data: { ...late, version: 3 } })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(count('mark_read')).toBe(asked + 2)
  // It asks where the mark is, and sets none.
  for (const { name, payload } of fake.requests)
    if (name === 'mark_read') expect(payload).toMatchObject({ nth: 0 })
})

it('[LR12] finds within a minute what it was not told of: rooms that have come and gone, marks of other devices', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { names, room, count, answered } = await openList([roomOf('a', 3), roomOf('archived elsewhere', 2)])
  answered.rooms = [roomOf('b', 5), roomOf('a', 3, { nth: 1, unread: 2, is_muted: true, version: 2 })]
  await vi.advanceTimersByTimeAsync(61_000)
  expect(names()).toEqual(['b', 'a'])
  expect(room('a')?.reader).toMatchObject({ nth: 1, unread: 2, is_muted: true })
  expect(count('get_rooms')).toBe(2)
})

it('[LR4] keeps what is pushed while an answer is under way', async () => {
  const { fake, list, room, activity } = await openList([roomOf('a', 3)])
  const release = fake.hold('get_rooms')
  const reloading = list.reload()
  activity('a', 4)
  const data = fixtures.reader({ stream: 'room:a', nth: 3, is_muted: true, version: 2 })
  fake.push('reader_changed', { data: { ...data, unread: 1 } })
  await until(list, () => room('a')?.reader.is_muted === true)
  release()
  await reloading
  expect(room('a')).toMatchObject({ head: { nth: 4 }, reader: { is_muted: true, unread: 1 } })
})

it('[LR5] shows a change of how a room is kept at once, and takes it back if it fails', async () => {
  const { fake, names, room } = await openList([roomOf('b', 5), roomOf('a', 3)])
  const answer = fixtures.reader({ stream: 'room:a', nth: 3, is_pinned: true, version: 2 })
  fake.answer('keep_room', () => answer)
  const release = fake.hold('keep_room')
  const keeping = fake.rooms.keep('a', { is_pinned: true })
  await expect.poll(names).toEqual(['a', 'b'])
  expect(room('a')?.reader.version).toBe(1)
  release()
  expect(await keeping).toEqual(answer)
  expect(names()).toEqual(['a', 'b'])
  expect(room('a')?.reader.version).toBe(2)

  fake.fail('keep_room', 'limit_reached')
  const refuse = fake.hold('keep_room')
  const failing = fake.rooms.keep('b', { is_muted: true, is_pinned: true })
  await expect.poll(() => room('b')?.reader.is_muted).toBe(true)
  refuse()
  await expect(failing).rejects.toMatchObject({ code: 'limit_reached' })
  expect(room('b')?.reader).toMatchObject({ is_muted: false, is_pinned: false })
  expect(names()).toEqual(['a', 'b'])
})

it('[LR5] moves a room to the archive and back', async () => {
  const { fake, list, names } = await openList([roomOf('b', 5), roomOf('a', 3)])
  const archive = fake.rooms.list({ isArchived: true })
  onTestFinished(archive.retain())
  await until(archive, isLive)
  fake.fail('keep_room', 'internal')
  await expect(fake.rooms.keep('a', { is_archived: true })).rejects.toThrow()
  expect(names()).toEqual(['b', 'a'])
  fake.answer('keep_room', () => fixtures.reader({ stream: 'room:a', nth: 3, is_archived: true, version: 2 }))
  await fake.rooms.keep('a', { is_archived: true })
  expect(names()).toEqual(['b'])
  expect(archive.getSnapshot().items).toMatchObject([{ _id: 'a' }])
  const data = fixtures.reader({ stream: 'room:a', nth: 3, version: 3 })
  fake.push('reader_changed', { data })
  await until(list, ({ items }) => items.length === 2)
  expect(archive.getSnapshot().items).toEqual([])
})

it('[LR6] shows rooms that one is added to, joins or writes to, and takes off those that have gone', async () => {
  const { fake, list, names, answered } = await openList([roomOf('a', 3)])
  answered.rooms = [roomOf('~b', 4), roomOf('a', 3)]
  const member = { role: 'member' as const, joined_at: minute(4), muted_until: null }
  fake.push('member_changed', { room: '~b', version: 2, changes: [{ user_id: 'ann', ...member }] })
  await until(list, () => names().length === 2)
  expect(names()).toEqual(['~b', 'a'])
  // The server has it a moment later.
  await fake.rooms.messages('open').send('Hello')
  answered.rooms = [roomOf('open', 9), ...answered.rooms]
  await until(list, () => names()[0] === 'open')
  // Joined, and left, on another device.
  answered.rooms = [roomOf('cafe', 10), ...answered.rooms]
  const data = fixtures.reader({ stream: 'room:cafe', nth: 10, version: 2 })
  fake.push('reader_changed', { data, is_listed: true })
  await until(list, () => names()[0] === 'cafe')
  answered.rooms = answered.rooms.slice(1)
  fake.push('reader_changed', { data, is_listed: false })
  await until(list, () => names()[0] === 'open')
  const gone = { role: null, joined_at: null, muted_until: null }
  fake.push('member_changed', { room: '~b', version: 3, changes: [{ user_id: 'ann', ...gone }] })
  await until(list, () => !names().includes('~b'))
  fake.push('room_updated', { data: fixtures.room({ _id: 'a', kind: 'members', closed_at: minute(9) }) })
  await until(list, () => !names().includes('a'))
  await fake.rooms.leave('open')
  expect(names()).toEqual([])
})

it('[LR7] shows the rooms of a server that knows nothing of what is read', async () => {
  const fake = createFakeClient()
  onTestFinished(() => fake.close())
  const old = [fixtures.room({ _id: '~b', kind: 'members', created_at: minute(2) }), fixtures.room()]
  fake.answer('get_rooms', () => ({ rooms: old, more: false }) as never)
  fake.fail('get_unread', 'unknown_event')
  const list = fake.rooms.list()
  const [archive, unread] = [fake.rooms.list({ isArchived: true }), fake.rooms.unread()]
  for (const one of [list, archive, unread]) onTestFinished(one.retain())
  await until(list, isLive)
  expect(list.getSnapshot().items).toMatchObject([
    {
      _id: '~b',
      active_at: minute(2),
      head: { seq: 0 },
      last: null,
      reader: { stream: 'room:~b', unread: 0 },
    },
    { _id: 'lobby', reader: { is_archived: false } },
  ])
  expect(await until(archive, isLive)).toMatchObject({ items: [] })
  expect(await until(unread, isLive)).toMatchObject({ unread: 0, mentions: 0, rooms: 0 })
})
