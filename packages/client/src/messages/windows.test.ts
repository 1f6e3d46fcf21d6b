import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'
import type { LiveStream } from './live-stream.ts'

const nths = (room: LiveStream) => room.getSnapshot().messages.map(({ message }) => message.nth ?? 0)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

/** A room of so many messages of bob's, which ann holds at its end. */
async function openRoom(count: number) {
  const fake = createFakeClient({ user_id: 'ann', role: 'admin' })
  onTestFinished(() => fake.close())
  const receive = (changes: object = {}) =>
    fake.receive(fixtures.message({ stream: 'room:r', author: 'bob', ...changes }))
  const { room, leave } = hold(fake.rooms.messages('r'))
  await until(room, ({ sync }) => sync === 'live')
  for (let n = 0; n < count; n++) receive()
  await until(room, ({ messages }) => (messages.at(-1)?.message.nth ?? 0) === count)
  return { fake, room, receive, leave }
}

function hold(room: LiveStream) {
  const leave = room.retain()
  onTestFinished(leave)
  return { room, leave }
}

it('[CW10] shows the messages around any place, older and newer ones from there, and joins the end without a hole', async () => {
  const { room, receive } = await openRoom(1_500)
  const row = await room.jumpTo(400)
  expect(row?.message.nth).toBe(400)
  const around = nths(room)
  expect(around).toEqual(range(around[0] ?? 0, around.at(-1) ?? 0))
  expect([around.length, around.includes(375), around.includes(424)]).toEqual([50, true, true])
  expect(room.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: true })

  expect(await room.loadOlder()).toBe(true)
  expect(nths(room)).toEqual(range((around[0] ?? 0) - 50, around.at(-1) ?? 0))
  receive()
  await room.loadNewer()
  expect(nths(room).at(-1)).toBe((around.at(-1) ?? 0) + 50)
  while (await room.loadNewer());
  const all = nths(room)
  expect(all).toEqual(range(all[0] ?? 0, 1_501))
  expect(room.getSnapshot().hasNewer).toBe(false)
  receive()
  await until(room, ({ messages }) => messages.at(-1)?.message.nth === 1_502)
  expect(await room.loadNewer()).toBe(false)
})

it('[CW10] loads nothing for a place that is shown, and goes to the end at once', async () => {
  const { fake, room, receive } = await openRoom(120)
  const asked = () => fake.requests.filter(({ name }) => name === 'get_messages').length
  expect((await room.jumpTo(100))?.message.nth).toBe(100)
  expect([asked(), room.getSnapshot().hasNewer]).toEqual([0, false])
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  expect((await room.jumpTo('end'))?.message.nth).toBe(120)
  await fake.goOnline()
  receive()
  await until(room, ({ messages }) => messages.at(-1)?.message.nth === 121)
})

it('[CW10] stands on the nearest message, and on none where there are none', async () => {
  const { room } = await openRoom(3)
  expect((await room.jumpTo(99))?.message.nth).toBe(3)
  expect((await room.jumpTo(0))?.message.nth).toBe(1)
  const { room: empty } = await openRoom(0)
  expect(await empty.jumpTo(7)).toBeNull()
})

it('[CW11] applies live changes to what was jumped to, and shows no new message there', async () => {
  const { fake, room, receive } = await openRoom(1_300)
  await room.jumpTo(100)
  const before = room.getSnapshot()
  const rowOf = (nth: number) => room.getSnapshot().messages.find(({ message }) => message.nth === nth)
  receive()
  expect(room.getSnapshot().messages).toBe(before.messages)
  const target = rowOf(100)?.message
  if (!target?._id) throw new Error('It is not shown')
  const { stream, seq, _id } = target
  await fake.request.react({ stream, seq, message_id: _id, reaction: '👍', cid: crypto.randomUUID() })
  await until(room, () => rowOf(100)?.reactions.length === 1)
  expect(rowOf(101)).toBe(before.messages.find(({ message }) => message.nth === 101))
  await fake.request.delete_message({ stream, seq, message_id: _id, cid: crypto.randomUUID() })
  await until(room, () => rowOf(100)?.message.kind === 'removed')
  expect(room.getSnapshot().messages).toHaveLength(before.messages.length)
})

it('[CW11] goes on from where it was after a cut, and to the end when one writes', async () => {
  const { fake, room, receive } = await openRoom(1_300)
  await room.jumpTo(100)
  const shown = nths(room)
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  receive()
  await fake.goOnline()
  await until(room, ({ sync }) => sync === 'live')
  expect([nths(room), room.getSnapshot().hasNewer]).toEqual([shown, true])
  await room.send('Hello')
  expect(room.getSnapshot().hasNewer).toBe(false)
  await until(room, ({ messages }) => messages.at(-1)?.message.nth === 1_302)
  expect(nths(room)).toEqual(range(nths(room)[0] ?? 0, 1_302))
})

it('[CW12] keeps no more than its bound however far one scrolls, and the end when nobody looks', async () => {
  const { room, leave } = await openRoom(5_300)
  let most = 0
  onTestFinished(room.subscribe(() => (most = Math.max(most, nths(room).length))))
  await room.jumpTo(5_200)
  while (await room.loadOlder());
  expect(most).toBe(5_000)
  expect(nths(room)[0]).toBe(1)
  expect(room.getSnapshot().hasNewer).toBe(true)
  while (await room.loadNewer());
  expect([nths(room).at(-1), most]).toEqual([5_300, 5_000])
  await room.jumpTo(10)
  leave()
  await until(room, ({ sync }) => sync === 'offline')
  expect([nths(room), room.getSnapshot().hasNewer]).toEqual([range(5_251, 5_300), false])
})

it('[CW10] lets the last of several jumps win', async () => {
  const { fake, room } = await openRoom(1_300)
  const answer = fake.hold('get_messages')
  const first = room.jumpTo(50)
  const second = room.jumpTo('end')
  answer()
  expect([await first, (await second)?.message.nth]).toEqual([null, 1_300])
  expect(room.getSnapshot().hasNewer).toBe(false)
})

/** Lets go of a room, and resolves once it is closed. */
async function close(room: LiveStream, leave: () => void) {
  leave()
  await until(room, ({ sync }) => sync === 'offline')
}

const shownIn = (room: LiveStream) => [nths(room), room.getSnapshot().hasNewer]

it('[LG5, CW12] stays at the end when the page of a jump comes after the conversation was left', async () => {
  const { fake, room, receive, leave } = await openRoom(1_300)
  const answer = fake.hold('get_messages')
  const jump = room.jumpTo(100)
  await close(room, leave)
  answer()
  expect(await jump).toBeNull()
  expect(shownIn(room)).toEqual([range(1_251, 1_300), false])

  hold(room)
  await until(room, ({ sync }) => sync === 'live')
  receive()
  await until(room, ({ messages }) => messages.at(-1)?.message.nth === 1_301)
})

it('[LG5, CW12] stays at the end when the conversation was left before its first unread message was known', async () => {
  const { fake, room, receive, leave } = await openRoom(0)
  // What is unread is known.
  await room.jumpTo('unread')
  for (let n = 0; n < 1_300; n++) receive()
  await until(room, ({ firstUnread, unread }) => firstUnread === null && unread === 1_000)
  await close(room, leave)
  fake.hold('mark_read')
  const again = hold(room)
  await until(room, ({ sync }) => sync === 'live')
  const jump = room.jumpTo('unread')
  await close(room, again.leave)
  expect(await jump).toBeNull()
  expect(shownIn(room)).toEqual([range(1_251, 1_300), false])
})

it('[LG5] keeps the newest page alone when older messages come after the conversation was left', async () => {
  const { fake, room, leave } = await openRoom(1_300)
  const answer = fake.hold('get_messages')
  const late = room.loadOlder()
  await close(room, leave)
  answer()
  expect(await late).toBe(true)
  expect(shownIn(room)).toEqual([range(1_251, 1_300), false])
})

it('[LG4] loads older messages in a conversation that was opened again while those of before were under way', async () => {
  const { fake, room, leave } = await openRoom(1_300)
  const answer = fake.hold('get_messages')
  const late = room.loadOlder()
  await close(room, leave)
  hold(room)
  await until(room, ({ sync }) => sync === 'live')
  const next = room.loadOlder()
  answer()
  expect([await late, await next]).toEqual([true, true])
  expect(nths(room)).toEqual(range(1_201, 1_300))
})

it('[LG3] bounds what is shown again once a conversation was left in which one has jumped', async () => {
  const { room, leave } = await openRoom(5_300)
  await room.jumpTo(5_200)
  await close(room, leave)
  hold(room)
  await until(room, ({ sync }) => sync === 'live')
  while (await room.loadOlder());
  expect(shownIn(room)).toEqual([range(301, 5_300), false])
})
