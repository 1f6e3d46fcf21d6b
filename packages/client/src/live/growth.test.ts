import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { createConnection } from '../connection/connection.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { createWire } from '../requests/wire.ts'
import { authOf, openChat, openClient, until } from '../testing/chat.ts'
import { collectGarbage, untilCollected } from '../testing/gc.ts'
import { createLoadedList } from './loaded-list.ts'

const many = Array.from({ length: 10_000 }, (_, n) => n)
const names = many.slice(0, 500).map((n) => `room ${n}`)

interface Item {
  readonly n: number
}

/** A list of one item that pushes change; the test answers its loads by hand. */
async function openList(idOf: (item: Item) => string = () => 'the one') {
  const { server } = await openChat()
  const connection = createConnection(server.url, authOf('ann'))
  onTestFinished(connection.close)
  onTestFinished(connection.retain())
  const wire = createWire(connection)
  const loads: ((items: readonly Item[]) => void)[] = []
  let push = (_item: Item): void => {}
  const list = createLoadedList<Item>(
    {
      idOf,
      // The newest first, if there are several.
      compare: (a, b) => (idOf(a) === idOf(b) ? 0 : b.n - a.n),
      page: () => new Promise((resolve) => loads.push((items) => resolve({ items, hasMore: false }))),
      watch({ put }) {
        push = put
        return () => {}
      },
    },
    wire,
  )
  onTestFinished(list.retain())
  await expect.poll(() => loads.length).toBe(1)
  return { list, loads, push: (item: Item) => push(item) }
}

it('keeps nothing of ten thousand pushes but the list as it is', async () => {
  const { list, loads, push } = await openList()
  loads[0]?.([])
  await until(list, ({ sync }) => sync === 'live')
  const pushed = many.map((n) => {
    const item = { n }
    push(item)
    return new WeakRef(item)
  })
  expect(list.getSnapshot().items).toEqual([{ n: 9_999 }])
  await untilCollected(pushed, 10)
})

it('[TH5] keeps the first thousand of ten thousand items that are pushed, also while it is loaded', async () => {
  const { list, loads, push } = await openList(({ n }) => `${n}`)
  for (const n of many.slice(0, 5_000)) push({ n })
  loads[0]?.([])
  const first = await until(list, ({ sync }) => sync === 'live')
  expect([first.items.length, first.hasMore]).toEqual([1_000, true])
  for (const n of many.slice(5_000)) push({ n })
  const { items, hasMore } = list.getSnapshot()
  expect(items.map(({ n }) => n)).toEqual(many.slice(-1_000).reverse())
  expect(hasMore).toBe(true)
  // What has been let go of, and comes again, belongs beyond what is shown.
  push({ n: 1 })
  expect(list.getSnapshot().items).toBe(items)
})

it('shows a push that comes while the list is being loaded, whose answer does not have it', async () => {
  const { list, loads, push } = await openList()
  push({ n: 1 })
  loads[0]?.([])
  expect((await until(list, ({ sync }) => sync === 'live')).items).toEqual([{ n: 1 }])

  const reloaded = list.reload()
  push({ n: 2 })
  expect(list.getSnapshot().items).toEqual([{ n: 2 }])
  loads[1]?.([{ n: 1 }])
  await reloaded
  expect(list.getSnapshot().items).toEqual([{ n: 2 }])
})

it('drops the answer of a load that a newer one has overtaken', async () => {
  const { list, loads } = await openList()
  const reloaded = list.reload()
  loads[1]?.([{ n: 2 }])
  await reloaded
  loads[0]?.([{ n: 1 }])
  await until(list, ({ sync }) => sync === 'live')
  expect(list.getSnapshot().items).toEqual([{ n: 2 }])
})

it('drops rooms that nobody holds or has, and keeps the others the same object', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  onTestFinished(ann.connect())
  onTestFinished(ann.rooms.messages('held').retain())
  const held = new WeakRef(ann.rooms.messages('held'))
  const had = ann.rooms.messages('had')
  const rooms = names.map((name) => new WeakRef(ann.rooms.messages(name)))
  await untilCollected(rooms, 100)
  expect(held.deref()).toBe(ann.rooms.messages('held'))
  expect(ann.rooms.messages('had')).toBe(had)
})

it('keeps a room that was let go ready for whoever comes back to it', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  onTestFinished(ann.connect())
  const leave = ann.rooms.messages('lobby').retain()
  await until(ann.rooms.messages('lobby'), ({ sync }) => sync === 'live')
  await ann.rooms.messages('lobby').send('Hello')
  await until(ann.rooms.messages('lobby'), ({ messages }) => messages[0]?.delivery === 'sent')
  leave()
  await until(ann.rooms.messages('lobby'), ({ sync }) => sync === 'offline')
  for (const name of names.slice(0, 20)) ann.rooms.messages(name)
  await collectGarbage()
  expect(ann.rooms.messages('lobby').getSnapshot()).toMatchObject({ status: 'ready', messages: [{}] })
})

it('never drops a message that is not sent, and drops its room once it is', async () => {
  const { server } = await openChat()
  const link = await openLink(server.url)
  const ann = openClient(link.url, 'ann')
  onTestFinished(ann.connect())
  link.cut()
  const sendTo = (room: LiveStream) => void room.send('typed offline')
  const forgotten = new WeakRef(ann.rooms.messages('lobby'))
  sendTo(ann.rooms.messages('lobby'))
  for (const name of names) ann.rooms.messages(name)
  await collectGarbage()
  const rows = () => ann.rooms.messages('lobby').getSnapshot().messages
  expect(rows()).toMatchObject([{ message: { message_data: 'typed offline' }, delivery: 'sending' }])

  link.mend()
  await until(ann.outbox, ({ status }) => status === 'sent')
  for (const name of names) ann.rooms.messages(name)
  await untilCollected([forgotten], 1)
})
