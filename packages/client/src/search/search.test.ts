import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'

async function openFake() {
  const fake = createFakeClient({ user_id: 'ann', role: 'admin' })
  onTestFinished(() => fake.close())
  await fake.ready()
  return {
    fake,
    asked: () => fake.requests.filter((one) => one.name === 'search').map(({ payload }) => payload),
  }
}

const isLive = ({ sync }: { sync: string }) => sync === 'live'

it('[UP20] finds messages, page by page, and lets go of one that is removed', async () => {
  const { fake, asked } = await openFake()
  const stream = 'room:lobby'
  for (let n = 0; n < 120; n++)
    fake.receive(fixtures.message({ stream, message_data: `Invoice ${n}`, author: 'bob' }))
  fake.receive(fixtures.message({ stream, message_data: 'Something else', author: 'bob' }))
  const lobby = fake.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  await until(lobby, isLive)
  const found = fake.search({ text: ' ínvoi ', rooms: ['lobby', 'lobby'] })
  expect(fake.search({ text: 'ínvoi', rooms: ['lobby'], from: undefined })).toBe(found)
  onTestFinished(found.retain())
  const first = await until(found, isLive)
  expect(first).toMatchObject({ status: 'ready', hasMore: true, indexedUntil: null })
  expect(first.items[0]).toMatchObject({
    excerpt: 'Invoice 119',
    matches: [{ start: 0, end: 7 }],
    message: { nth: 120, stream },
  })
  expect(await found.loadMore()).toBe(true)
  expect(await found.loadMore()).toBe(false)
  const nths = () => found.getSnapshot().items.map(({ message }) => message.nth)
  expect(nths()).toEqual(Array.from({ length: 120 }, (_, n) => 120 - n))
  expect(asked()[0]).toEqual({ text: 'ínvoi', rooms: ['lobby'], limit: 50 })

  const removed = found.getSnapshot().items[0]?.message
  if (!removed) throw new Error('It was found')
  const target = { stream, seq: removed.seq, message_id: removed._id, cid: crypto.randomUUID() }
  await fake.request.delete_message(target)
  await expect.poll(() => nths()[0]).toBe(119)
})

it('[UP21] asks on where an answer has nothing but the server has more to look at', async () => {
  const { fake, asked } = await openFake()
  const ids = Array.from({ length: 12 }, () => crypto.randomUUID())
  let answers = 0
  fake.answer('search', () => {
    answers += 1
    const message = fixtures.message({ seq: answers })
    const hits = answers >= 9 ? [fixtures.searchHit({ message })] : []
    const more = answers < 12
    const indexed_until = '2026-01-01T00:00:00.000Z'
    return { hits, more, before: more ? (ids[answers] ?? null) : null, indexed_until }
  })
  const found = fake.search({ text: 'seldom' })
  onTestFinished(found.retain())
  const first = await until(found, isLive)
  expect(first).toMatchObject({ items: [], hasMore: true, indexedUntil: '2026-01-01T00:00:00.000Z' })
  expect(asked().map(({ before }) => before)).toEqual([undefined, ...ids.slice(1, 5)])
  expect(await found.loadMore()).toBe(true)
  expect(
    asked()
      .slice(5)
      .map(({ before }) => before),
  ).toEqual(ids.slice(5, 9))
  expect(found.getSnapshot().items).toHaveLength(1)
  // After what the server has looked at, not after the hit, also where that is gone.
  await found.loadMore()
  expect(asked()[9]?.before).toBe(ids[9])
  const lobby = fake.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  await until(lobby, isLive)
  const deletion = { _id: ids[0] ?? '', stream: 'room:lobby', seq: 1, nth: 0, type: 'deletion' } as const
  const gone = { ...deletion, targets: [10], reason: 'deleted', created_at: '2026-01-01T00:00:00.000Z' }
  fake.push('entries', { stream: 'room:lobby', epoch: 'fake', entries: [gone] })
  // A list that has become short goes on by itself.
  await until(found, ({ items }) => items[1]?.message.seq === 11)
  expect(asked()[10]?.before).toBe(ids[10])
  await found.reload()
  expect(asked().at(-1)?.before).toBeUndefined()
})

it('[UP22] shows that there is no search, and searches again after a reconnect', async () => {
  const { fake } = await openFake()
  fake.fail('search', 'forbidden', 'This workspace has no search')
  const found = fake.search({ text: 'hello' })
  onTestFinished(found.retain())
  const failed = await until(found, ({ status }) => status === 'error')
  expect(failed).toMatchObject({ items: [], error: { message: 'This workspace has no search' } })
  fake.succeed('search')
  fake.receive(fixtures.message({ message_data: 'Hello' }))
  fake.goOffline()
  await fake.goOnline()
  await until(found, ({ items }) => items.length === 1)
})
