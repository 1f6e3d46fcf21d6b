import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../tests/support/sockets.ts'
import { wire } from '../../tests/support/wire.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../stores/store.ts'
import { entriesIn, messagesIn, openChat, type TestSocket } from '../testing/connect.ts'

/** Of a driver that brings its own copy of the class. */
function lostAnswer(): Error {
  return Object.assign(new Error('lost'), { name: 'StoreUnavailableError' })
}

/** Starts two servers over one store, which the second must not close. */
async function twoNodes() {
  const store = await embeddedStore({ path: ':memory:' })
  const faults = { isUnreadable: false, losesAnswers: false }
  const entries: Store['streams']['entries'] = async (...args) => {
    if (faults.isUnreadable) throw new StoreUnavailableError('late')
    return store.streams.entries(...args)
  }
  const append: Store['streams']['append'] = async (...args) => {
    const stored = await store.streams.append(...args)
    if (faults.losesAnswers) throw lostAnswer()
    return stored
  }
  const change: Store['streams']['change'] = async (...args) => {
    const stored = await store.streams.change(...args)
    if (faults.losesAnswers) throw lostAnswer()
    return stored
  }
  const methods = { entries, append, change }
  const shared: Store = { ...store, streams: { ...store.streams, ...methods }, close: async () => {} }
  onTestFinished(() => store.close())
  const bus = wire()
  const [east, west] = [
    await openChat(onTestFinished, { store: shared, bus: bus.join() }),
    await openChat(onTestFinished, { store: shared, bus: bus.join() }),
  ]
  return { east, west, bus, faults }
}

const message = (message_data: string) => ({ room_id: 'r', message_data, cid: randomUUID() })

const textsIn = ({ frames }: TestSocket) => messagesIn(frames).map(({ message_data }) => message_data)

it('[ST8] tells the sockets of every node, in one order, whoever appended', async () => {
  const { east, west } = await twoNodes()
  const [ann, bob] = [await east.connect('ann'), await west.connect('bob')]
  for (const socket of [ann, bob]) await socket.request('join', { room: 'r' })
  const page = await west.connectV2()
  await page.ask('join', { room: 'r' })

  await Promise.all(
    Array.from({ length: 40 }, (_, n) => (n % 2 ? ann : bob).request('message_event', message(`${n}`))),
  )

  await expect.poll(() => messagesIn(ann.frames).length).toBe(40)
  await expect.poll(() => messagesIn(bob.frames).length).toBe(40)
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
  // From the beginning: what is kept in memory has what bob has heard.
  const { epoch } = await bob.request('get_messages', { stream: 'room:r', after: 0 })
  const page = await eve.request('join', { room: 'r', position: { epoch, seq: 0, id: null } })
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

  await expect.poll(() => messagesIn(bob.frames)).toEqual([lost, next])
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
  await expect.poll(() => messagesIn(bob.frames)).toEqual([unheard, next])
  expect(messagesIn(await eve.heard(1))).toEqual([next])
})

it('[DI6] shows those who have joined, on every server, what was stored though its answer was lost, once', async () => {
  const { east, west, faults } = await twoNodes()
  const [ann, bob, cat] = [await east.connect('ann'), await east.connect('bob'), await west.connect('cat')]
  const page = await west.connectV2()
  for (const socket of [bob, cat, page]) await socket.ask('join', { room: 'r' })
  const first = await ann.request('message_event', message('first'))
  const edit = {
    stream: first.stream,
    seq: 1,
    message_id: first._id,
    message_data: 'edited',
    cid: randomUUID(),
  }

  faults.losesAnswers = true
  expect(await ann.refusal('message_event', message('lost'))).toBe('unavailable')
  for (const socket of [bob, cat]) await until(() => expect(textsIn(socket)).toEqual(['first', 'lost']))
  expect(await ann.refusal('edit_message', edit)).toBe('unavailable')
  for (const socket of [bob, cat])
    await until(() => expect(entriesIn(socket.frames)).toMatchObject([{}, {}, { type: 'change', seq: 3 }]))
  faults.losesAnswers = false

  await ann.request('message_event', message('last'))
  for (const socket of [bob, cat])
    await until(() => expect(textsIn(socket)).toEqual(['first', 'lost', 'last']))
  await page.settle()
  const shown = page.frames.map(([, data]) => (data as { data?: unknown } | undefined)?.data)
  expect(shown.filter((text) => ['first', 'lost', 'last'].includes(String(text)))).toEqual([
    ...['first', 'lost', 'last'],
  ])
})

it('[DI6] shows it to those at other servers too where nobody at the sender’s has joined', async () => {
  const { east, west, faults } = await twoNodes()
  const [ann, cat] = [await east.connect('ann'), await west.connect('cat')]
  await cat.request('join', { room: 'r' })
  faults.losesAnswers = true
  expect(await ann.refusal('message_event', message('lost'))).toBe('unavailable')
  await until(() => expect(textsIn(cat)).toEqual(['lost']))
})
