import { expect, it, onTestFinished, vi } from 'vitest'
import { RequestError } from '../errors.ts'
import { failureFor } from '../fake-client/fake-failures.ts'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'
import type { LiveStream } from './live-stream.ts'

/** A room of so many messages of bob's, of which ann has read some. */
function openRoom(count: number, read: number) {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const receive = (changes: object = {}) =>
    fake.receive(fixtures.message({ stream: 'room:r', author: 'bob', ...changes }))
  for (let n = 0; n < count; n++) receive()
  const reader = { nth: read, version: 1 }
  /** What the server says of the room: the marks that are said rise. */
  const told = () => fixtures.reader({ stream: 'room:r', ...reader, unread: Math.max(0, count - reader.nth) })
  const mark = ({ nth }: { nth: number }) => {
    if (nth > reader.nth) Object.assign(reader, { nth, version: reader.version + 1 })
    return told()
  }
  fake.answer('mark_read', mark)
  fake.answer('mark_unread', ({ nth }) => {
    Object.assign(reader, { nth: nth - 1, version: reader.version + 1 })
    return told()
  })
  const said = () => fake.requests.flatMap(({ name, payload }) => (name === 'mark_read' ? payload.nth : []))
  return { fake, room: fake.rooms.messages('r'), receive, said, reader, mark }
}

async function open(room: LiveStream) {
  const letGo = room.retain()
  onTestFinished(letGo)
  await until(room, ({ sync }) => sync === 'live')
  return letGo
}

const unreadIn = (room: LiveStream) => {
  const { firstUnread, unread } = room.getSnapshot()
  return { firstUnread, unread }
}
const untilKnown = (room: LiveStream) => until(room, ({ firstUnread }) => firstUnread !== null)

it('[TR11] asks again how far the user has read where the server could not say it', async () => {
  const { fake, room, said, mark } = openRoom(10, 6)
  fake.fail('mark_read', 'unavailable')
  await open(room)
  await expect.poll(() => said().length).toBeGreaterThan(0)
  fake.answer('mark_read', mark)
  await untilKnown(room)
  room.markRead()
  await expect.poll(() => said().at(-1)).toBe(10)
  expect(unreadIn(room)).toEqual({ firstUnread: 7, unread: 0 })
})

it.each([
  ['cannot be read', () => ({ nth: 'far' })],
  ['says that the server has a fault', () => Promise.reject(failureFor('mark_read', 'internal'))],
])('does not ask again how far the user has read where the answer %s', async (_, answer) => {
  const { fake, room, said } = openRoom(10, 6)
  const letGo = await open(room)
  await untilKnown(room)
  letGo()
  await until(room, ({ sync }) => sync === 'offline')
  const pass = stopTime()
  fake.answer('mark_read', answer as never)
  onTestFinished(room.retain())
  await pass(60_000)
  expect(said()).toEqual([0, 0])
})

it('[CW20] keeps the divider where it was when the conversation was opened, and counts what is unread', async () => {
  const { room, receive, said } = openRoom(10, 6)
  const letGo = await open(room)
  await untilKnown(room)
  expect(unreadIn(room)).toEqual({ firstUnread: 7, unread: 4 })
  receive()
  await until(room, ({ unread }) => unread === 5)
  receive({ author: 'ann' })
  await until(room, ({ unread }) => unread === 0)
  receive()
  await until(room, ({ unread }) => unread === 1)
  room.markRead()
  expect(unreadIn(room)).toEqual({ firstUnread: 7, unread: 0 })
  await expect.poll(said).toEqual([0, 13])

  letGo()
  await until(room, ({ sync }) => sync === 'offline')
  await open(room)
  await until(room, ({ firstUnread }) => firstUnread === null)
  expect(unreadIn(room)).toEqual({ firstUnread: null, unread: 0 })
})

it('[CW21] says marks at most once a second, the last one always, and none twice', async () => {
  const { room, said } = openRoom(10, 0)
  await open(room)
  await untilKnown(room)
  for (const nth of [1, 2, 3]) room.markRead(nth)
  expect(unreadIn(room)).toEqual({ firstUnread: 1, unread: 7 })
  room.markRead(5)
  room.markRead(4)
  await expect.poll(said).toEqual([0, 1, 5])
  room.markRead(5)
  room.markRead(99)
  await expect.poll(said).toEqual([0, 1, 5, 10])
})

/** From now on time passes only when the answer is called. */
function stopTime() {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  return (ms: number) => vi.advanceTimersByTimeAsync(ms)
}

it('[CW21] says no mark again while its answer is late', async () => {
  const { fake, room, said } = openRoom(10, 0)
  await open(room)
  await untilKnown(room)
  const pass = stopTime()
  const answer = fake.hold('mark_read')
  room.markRead(5)
  await pass(3_000)
  expect(said()).toEqual([0, 5])
  room.markRead(6)
  await pass(3_000)
  expect(said()).toEqual([0, 5, 6])
  answer()
  await pass(3_000)
  room.markRead(6)
  room.markRead(7)
  await pass(3_000)
  expect(said()).toEqual([0, 5, 6, 7])
})

it('[CW21] says a mark again after a pause when its request has failed, and none that a further one has covered', async () => {
  const { fake, room, said, mark } = openRoom(10, 0)
  await open(room)
  await untilKnown(room)
  const pass = stopTime()
  fake.fail('mark_read', 'unavailable')
  const fail = fake.hold('mark_read')
  room.markRead(5)
  await pass(3_000)
  fake.answer('mark_read', mark)
  room.markRead(6)
  await pass(3_000)
  fake.fail('mark_read', 'unavailable')
  fail()
  await pass(3_000)
  expect(said()).toEqual([0, 5, 6])

  room.markRead(7)
  await pass(0)
  expect(said()).toEqual([0, 5, 6, 7])
  fake.answer('mark_read', mark)
  await pass(5_000)
  expect(said()).toEqual([0, 5, 6, 7, 7])
})

it('[CW21] says a mark that is refused for now no sooner than the server says', async () => {
  const { fake, room, said, mark } = openRoom(10, 0)
  await open(room)
  await untilKnown(room)
  const pass = stopTime()
  fake.answer('mark_read', () => {
    const refused = { code: 'rate_limited', message: 'Too often', retryable: true } as const
    throw new RequestError('mark_read', { ...refused, retry_after_ms: 60_000 })
  })
  room.markRead(5)
  await pass(30_000)
  room.markRead(6)
  await pass(29_000)
  expect(said()).toEqual([0, 5])
  fake.answer('mark_read', mark)
  await pass(5_000)
  expect(said()).toEqual([0, 5, 6])
})

it('[CW22, CW23] marks in the next opening though an answer of the one before came late, and another device has marked as unread', async () => {
  const { fake, room, said, reader, mark } = openRoom(10, 0)
  const letGo = await open(room)
  await untilKnown(room)
  const answer = fake.hold('mark_read')
  room.markRead(10)
  await expect.poll(said).toEqual([0, 10])
  letGo()
  await until(room, ({ sync }) => sync === 'offline')
  answer()
  await expect.poll(() => reader.nth).toBe(10)
  fake.answer('mark_read', mark)
  await fake.request.get_all_topics({})
  Object.assign(reader, { nth: 3, version: 5 })
  await open(room)
  await until(room, ({ firstUnread }) => firstUnread === 4)
  room.markRead()
  await expect.poll(said).toEqual([0, 10, 0, 10])
})

it('[CW21] marks nothing in a hidden page, and what was marked once it is visible', async () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' })
  vi.stubGlobal('document', page)
  onTestFinished(() => void vi.unstubAllGlobals())
  const { room, said } = openRoom(3, 1)
  await open(room)
  await untilKnown(room)
  room.markRead()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([said(), room.getSnapshot().unread]).toEqual([[0], 2])
  page.visibilityState = 'visible'
  page.dispatchEvent(new Event('visibilitychange'))
  expect(room.getSnapshot().unread).toBe(0)
  await expect.poll(said).toEqual([0, 3])
})

it('[CW22] marks as unread, and leaves it so until the conversation is opened again', async () => {
  const { room, said } = openRoom(10, 10)
  const letGo = await open(room)
  await until(room, () => said().length === 1)
  const row = room.getSnapshot().messages[3]
  if (!row) throw new Error('Nothing is shown')
  await room.markUnread(row)
  expect(unreadIn(room)).toEqual({ firstUnread: 4, unread: 7 })
  room.markRead()
  expect(unreadIn(room)).toEqual({ firstUnread: 4, unread: 7 })
  letGo()
  await until(room, ({ sync }) => sync === 'offline')
  await open(room)
  await until(room, () => said().length === 2)
  room.markRead()
  await expect.poll(said).toEqual([0, 0, 10])
  expect(unreadIn(room)).toEqual({ firstUnread: 4, unread: 0 })
})

it('[CW23] follows the marks of other devices, in whatever order they are told', async () => {
  const { fake, room } = openRoom(10, 2)
  await open(room)
  await untilKnown(room)
  const tell = (nth: number, version: number) =>
    fake.push('reader_changed', { data: fixtures.reader({ stream: 'room:r', nth, version }) })
  tell(8, 3)
  await until(room, ({ unread }) => unread === 2)
  tell(4, 2)
  tell(9, 4)
  await until(room, ({ unread }) => unread === 1)
  expect(room.getSnapshot().firstUnread).toBe(3)
  tell(5, 5)
  await until(room, ({ unread }) => unread === 5)
})

it('[CW20] jumps to the first unread message, which is not loaded', async () => {
  const { room } = openRoom(1_500, 300)
  await open(room)
  expect((await room.jumpTo('unread'))?.message.nth).toBe(301)
  expect(unreadIn(room)).toEqual({ firstUnread: 301, unread: 1_000 })
  room.markRead(310)
  await until(room, ({ unread }) => unread === 1_000)
})

it('[CW24] shows nothing as unread where the server knows no marks', async () => {
  const { fake, room } = openRoom(10, 2)
  fake.fail('mark_read', 'unknown_event')
  await open(room)
  room.markRead()
  expect((await room.jumpTo('unread'))?.message.nth).toBe(10)
  expect(unreadIn(room)).toEqual({ firstUnread: null, unread: 0 })
})
