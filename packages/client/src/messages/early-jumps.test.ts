import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'
import type { LiveStream } from './live-stream.ts'

/** A room of ten messages of bob's, which ann has read and left; then there were three more. */
async function openLeftRoom() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const receive = (count: number, stream = 'room:r') => {
    for (let n = 0; n < count; n++)
      fake.receive(fixtures.message({ stream, author: 'bob', cid: crypto.randomUUID() }))
  }
  receive(10)
  receive(10, 'room:other')
  const room = fake.rooms.messages('r')
  const leave = hold(room)
  fake.answer('mark_read', () => fixtures.reader({ stream: 'room:r', nth: 10, version: 1 }))
  await until(room, ({ sync }) => sync === 'live')
  expect(await nthOf(room.jumpTo('unread'))).toBe(10)
  leave()
  await until(room, ({ sync }) => sync === 'offline')
  receive(3)
  return { fake, room }
}

function hold(room: LiveStream) {
  const leave = room.retain()
  onTestFinished(leave)
  return leave
}

/** As effects of a component do, which run before those of the hook that holds the room. */
async function holdSoon(room: LiveStream) {
  await new Promise((resolve) => setTimeout(resolve))
  hold(room)
}

const nthOf = async (jump: ReturnType<LiveStream['jumpTo']>) => (await jump)?.message.nth

it('[CW20] finds the first unread message also when it is asked a moment before the conversation is held', async () => {
  const { room } = await openLeftRoom()
  const jump = room.jumpTo('unread')
  await holdSoon(room)
  expect(await nthOf(jump)).toBe(11)
})

it('[CW10] jumps in a conversation that is held and loaded a moment later', async () => {
  const { fake } = await openLeftRoom()
  const other = fake.rooms.messages('other')
  const jump = other.jumpTo(3)
  await holdSoon(other)
  expect(await nthOf(jump)).toBe(3)
})

it('[CW10] jumps to what came while nobody held the conversation', async () => {
  const { room } = await openLeftRoom()
  hold(room)
  expect(await nthOf(room.jumpTo(12))).toBe(12)
})

it('[CW10, CW20] says that nothing is known where nobody holds the conversation', async () => {
  const { fake, room } = await openLeftRoom()
  await expect(room.jumpTo('unread')).rejects.toMatchObject({ code: 'unavailable' })
  await expect(fake.rooms.messages('other').jumpTo(3)).rejects.toMatchObject({ code: 'unavailable' })
  expect(await nthOf(room.jumpTo(3))).toBe(3)
})

it('[CW10] says that nothing is known once a conversation was left that was not loaded', async () => {
  const { fake } = await openLeftRoom()
  const other = fake.rooms.messages('other')
  const answer = fake.hold('join')
  const leave = hold(other)
  const jump = other.jumpTo(3)
  leave()
  await expect(jump).rejects.toMatchObject({ code: 'unavailable' })
  answer()
})
