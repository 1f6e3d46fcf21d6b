import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { roomOf } from '../rooms/testing/listed.ts'
import { until } from '../testing/chat.ts'

// What is ignored here and rejects would also end the run, as an unhandled rejection.

const isLive = ({ status, sync }: { status: string; sync: string }) => status === 'ready' && sync === 'live'

async function openFake() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  await fake.ready()
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return { fake, unhandled }
}

it('[TH3] the promise of `loadMore` may be ignored where it rejects', async () => {
  const { fake, unhandled } = await openFake()
  fake.answer('get_rooms', ({ is_archived }) => ({
    rooms: is_archived ? [] : ([roomOf('a', 9)] as never),
    more: true,
  }))
  const list = fake.rooms.list()
  onTestFinished(list.retain())
  await until(list, isLive)
  fake.goOffline()
  await until(list, ({ sync }) => sync === 'offline')
  void list.loadMore()
  await expect(list.loadMore()).rejects.toMatchObject({ code: 'unavailable' })
  await new Promise(setImmediate)
  expect(unhandled).toEqual([])
})

it('[LG4, CW10] the promises of `loadOlder`, `loadNewer` and `jumpTo` may be ignored where they reject', async () => {
  const { fake, unhandled } = await openFake()
  for (let n = 0; n < 220; n++) fake.receive(fixtures.message({ stream: 'room:r', author: 'bob' }))
  const room = fake.rooms.messages('r')
  onTestFinished(room.retain())
  await until(room, isLive)
  await room.jumpTo(110)
  fake.goOffline()
  await until(room, ({ sync }) => sync === 'offline')
  void room.loadOlder()
  void room.loadNewer()
  void room.jumpTo(3)
  await expect(room.loadOlder()).rejects.toMatchObject({ code: 'unavailable' })
  await expect(room.loadNewer()).rejects.toMatchObject({ code: 'unavailable' })
  await expect(room.jumpTo(3)).rejects.toMatchObject({ code: 'unavailable' })
  await new Promise(setImmediate)
  expect(unhandled).toEqual([])
})
