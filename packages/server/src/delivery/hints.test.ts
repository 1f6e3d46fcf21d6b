import { expect, it, onTestFinished } from 'vitest'
import { wire } from '../../tests/support/wire.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../stores/store.ts'
import { messagesIn, openChat } from '../testing/connect.ts'

/** Starts two servers over one store, which the second must not close. */
async function twoNodes() {
  const store = await embeddedStore({ path: ':memory:' })
  const faults = { isUnreadable: false }
  const entries: Store['streams']['entries'] = async (...args) => {
    if (faults.isUnreadable) throw new StoreUnavailableError('late')
    return store.streams.entries(...args)
  }
  const shared: Store = { ...store, streams: { ...store.streams, entries }, close: async () => {} }
  onTestFinished(() => store.close())
  const bus = wire()
  const [east, west] = [
    await openChat(onTestFinished, { store: shared, bus: bus.join() }),
    await openChat(onTestFinished, { store: shared, bus: bus.join() }),
  ]
  return { east, west, bus, faults }
}

const message = (message_data: string) => ({ room_id: 'r', message_data, cid: crypto.randomUUID() })

it('[ST8] tells the sockets of every node, in one order, whoever appended', async () => {
  const { east, west } = await twoNodes()
  const [ann, bob] = [await east.connect('ann'), await west.connect('bob')]
  for (const socket of [ann, bob]) await socket.request('join', { room: 'r' })
  const page = await west.connectV2()
  await page.ask('join', { room: 'r' })

  await Promise.all(
    Array.from({ length: 40 }, (_, n) => (n % 2 ? ann : bob).request('message_event', message(`${n}`))),
  )

  await expect.poll(() => messagesIn(ann.frames).length, { timeout: 10_000 }).toBe(40)
  await expect.poll(() => messagesIn(bob.frames).length, { timeout: 10_000 }).toBe(40)
  const order = messagesIn(ann.frames).map(({ seq }) => seq)
  expect(order).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
  expect(messagesIn(bob.frames)).toEqual(messagesIn(ann.frames))
  const texts = (await page.heard(40)).flatMap(([, data]) =>
    (data as { sid?: string }).sid ? [(data as { data: string }).data] : [],
  )
  expect(texts).toEqual(messagesIn(ann.frames).map(({ message_data }) => message_data))
})

it('[ST8] makes up for lost hints with the next entry, and before somebody joins', async () => {
  const { east, west, bus } = await twoNodes()
  const [ann, bob, eve] = [await east.connect('ann'), await west.connect('bob'), await west.connect('eve')]
  for (const socket of [ann, bob]) await socket.request('join', { room: 'r' })
  bus.isDown = true
  const lost = await ann.request('message_event', message('lost'))
  expect(messagesIn(await bob.heard())).toEqual([])
  const next = await bob.request('message_event', message('next'))
  expect(messagesIn(await bob.heard(1))).toEqual([lost, next])

  const unheard = await ann.request('message_event', message('unheard'))
  const page = await eve.request('join', { room: 'r' })
  expect(page.entries).toEqual([lost, next, unheard])
  expect(messagesIn(await bob.heard(1))).toEqual([unheard])
  expect(messagesIn(await eve.heard())).toEqual([])
})

it('[ST8] makes up for lost hints with the next hint', async () => {
  const { east, west, bus } = await twoNodes()
  const [ann, bob] = [await east.connect('ann'), await west.connect('bob')]
  for (const socket of [ann, bob]) await socket.request('join', { room: 'r' })
  bus.isDown = true
  const lost = await ann.request('message_event', message('lost'))
  expect(messagesIn(await bob.heard())).toEqual([])
  bus.isDown = false

  const next = await ann.request('message_event', message('next'))

  await expect.poll(() => messagesIn(bob.frames), { timeout: 10_000 }).toEqual([lost, next])
})

it('[ST8] lets nobody in while what others appended cannot be read on: it would come twice', async () => {
  const { east, west, bus, faults } = await twoNodes()
  const [ann, bob, eve] = [await east.connect('ann'), await west.connect('bob'), await west.connect('eve')]
  for (const socket of [ann, bob]) await socket.request('join', { room: 'r' })
  bus.isDown = true
  const unheard = await ann.request('message_event', message('unheard'))

  // A page that is not in memory.
  const join = { room: 'r', limit: 20 }
  faults.isUnreadable = true
  expect(await eve.refusal('join', join)).toBe('unavailable')
  faults.isUnreadable = false
  expect((await eve.request('join', join)).entries).toEqual([unheard])

  const next = await bob.request('message_event', message('next'))
  await expect.poll(() => messagesIn(bob.frames), { timeout: 10_000 }).toEqual([unheard, next])
  expect(messagesIn(await eve.heard(1))).toEqual([next])
})
