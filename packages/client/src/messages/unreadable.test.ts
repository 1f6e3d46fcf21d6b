import { embeddedStore, type Store, type StoredPage } from '@dowellchat/server'
import { expect, it, onTestFinished } from 'vitest'
import { openChat, until } from '../testing/chat.ts'

/** A server whose pages of the room `torn` are as `tear` makes them. */
async function openTorn(tear: (page: StoredPage) => StoredPage) {
  const embedded = await embeddedStore({ path: ':memory:' })
  let asked = 0
  const page: Store['streams']['page'] = async (key, range) => {
    const found = await embedded.streams.page(key, range)
    if (key.stream !== 'room:torn' || !found) return found
    asked += 1
    return tear(found)
  }
  const { client } = await openChat({ store: { ...embedded, streams: { ...embedded.streams, page } } })
  const ann = client('ann')
  onTestFinished(ann.connect())
  const rooms = ['one', 'torn', 'two', 'three'].map((name) => {
    const room = ann.rooms.messages(name)
    const release = room.retain()
    onTestFinished(release)
    return { room, release }
  })
  const [, { room: torn, release: letGo }] = rooms as [unknown, (typeof rooms)[number]]
  return { ann, rooms: rooms.map(({ room }) => room), torn, letGo, asked: () => asked }
}

it('[SD9] gives a room up whose page is no JSON twice running, and keeps the others current', async () => {
  const { ann, rooms, torn, asked } = await openTorn(({ text, head }) => ({ head, text: text.slice(0, -1) }))
  const { error } = await until(torn, ({ status }) => status === 'error')
  expect(error).toMatchObject({ name: 'RequestError', code: 'unreadable', retryable: false })
  expect(asked()).toBeLessThanOrEqual(2)
  for (const room of rooms) if (room !== torn) await until(room, ({ sync }) => sync === 'live')

  await rooms[0]?.send('still here')
  expect(ann.connection.getSnapshot().status).toBe('online')
  expect(torn.getSnapshot()).toMatchObject({ status: 'error', sync: 'offline' })
  expect(asked()).toBeLessThanOrEqual(2)
})

it('[SD9] gives a room up whose page is something else twice running', async () => {
  const { torn, asked } = await openTorn(({ head }) => ({ head, text: '{"entries":7}' }))
  await until(torn, ({ error }) => error?.code === 'unreadable')
  const isOver = () => {
    const { error } = torn.getSnapshot()
    return error?.name === 'RequestError' && 'retryable' in error && !error.retryable
  }
  await expect.poll(isOver).toBe(true)
  expect(asked()).toBeLessThanOrEqual(2)
})

it('[SD9] loads a room again that was given up, when it is retained anew after it has been let go', async () => {
  let isTorn = true
  const { torn, letGo } = await openTorn((page) => (isTorn ? { ...page, text: '{' } : page))
  await until(torn, ({ status }) => status === 'error')
  isTorn = false
  // The server reads the page anew.
  await torn.send('mended')
  letGo()
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  onTestFinished(torn.retain())
  await until(torn, ({ status, sync }) => status === 'ready' && sync === 'live')
})
