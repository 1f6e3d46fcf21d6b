import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../stores/embedded/index.ts'
import { mostPairs } from '../stores/store.ts'
import { RoomPresence } from './room-presence.ts'

/** Those in every room, of which all servers have told. */
const peopleOf = (user_ids: readonly string[]) => {
  const here = { count: user_ids.length, user_ids }
  return { inRooms: async () => [here], inRoomHere: () => here }
}

const lobby = { workspace_id: 'demo', stream: 'room:lobby' }

it('[PR8] keeps nothing of a room that nobody follows once who is there is answered', async () => {
  const { users, blocks, close } = await embeddedStore({ path: ':memory:' })
  onTestFinished(close)
  let isFollowed = false
  const asked: string[] = []
  const rooms = new RoomPresence({
    ...{ users, blocks, onDue() {}, people: peopleOf(['ann']) },
    sockets: {
      ...{ push() {}, at: () => [], isIn: () => true },
      hasAny: ([address]) => {
        if (address?.kind === 'room_presence') asked.push(address.stream)
        return isFollowed
      },
    },
  })
  const looksAtAll = () => {
    asked.length = 0
    rooms.noteAll()
    return [...asked]
  }

  // As of a socket that has gone by the time of its answer.
  expect(await rooms.of(lobby, ['ann'])).toMatchObject({ count: 1 })
  expect(looksAtAll()).toEqual([])

  isFollowed = true
  await rooms.of(lobby, ['ann'])
  expect(looksAtAll()).toEqual([lobby.stream])
})

it('[PR8] knows of all who have blocked each other, however many blocks there are', async () => {
  const { users, blocks, close } = await embeddedStore({ path: ':memory:' })
  onTestFinished(close)
  const user_ids = Array.from({ length: 30 }, (_, n) => `user-${n + 10}`)
  for (const one of user_ids)
    for (let n = 0; n < mostPairs / 25; n++) await blocks.create('demo', one, `foe-${n}`)
  for (const one of user_ids) await blocks.create('demo', one, 'zoe')
  const rooms = new RoomPresence({
    ...{ users, blocks, onDue() {}, people: peopleOf(user_ids) },
    sockets: { push() {}, at: () => [], isIn: () => true, hasAny: () => false },
  })
  expect(await rooms.of(lobby, ['zoe'])).toMatchObject({ count: 0, user_ids: [] })
  expect(await rooms.of(lobby, ['cem'])).toMatchObject({ count: 30 })
})
