import { roomStream } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestChat } from '../src/testing/connect.ts'
import { draft, range } from '../src/testing/store-cases/making.ts'
import { withLimits } from './support/attacks.ts'
import { found, searched, searchWorkspaces } from './support/searching.ts'
import { stopClock } from './support/stopped-clock.ts'

const patienceMs = 300_000
const key = { workspace_id: 'demo', stream: roomStream('lobby') }
/** The index has it for a text with `applesauces`, which the text refuses. */
const inIndexAlone = 'applesaucer'

/** A server whose lobby has some long messages, and what a search in it waits for. */
async function openWith(
  filling: string,
  count: number,
  limits = {},
): Promise<{ chat: TestChat; hasFound: () => boolean }> {
  const store = await embeddedStore({ path: ':memory:' })
  const message_data = `applesauces ${filling.repeat(16_000 / filling.length)}`.slice(0, 16_000)
  await store.streams.append(
    key,
    range(1, count).map(() => draft({ message_data })),
  )
  let isFound = false
  const find: Store['search']['find'] = async (...query) => {
    const candidates = await store.search.find(...query)
    isFound = true
    return candidates
  }
  const chat = await openChat(onTestFinished, {
    ...withLimits(limits),
    store: { ...store, search: { ...store.search, find } },
    workspaces: searchWorkspaces,
  })
  const reader = await chat.connect('reader')
  await reader.request('join', { room: 'lobby', limit: 1 })
  const isIndexed = async () => (await searched(reader, 'zebra')).indexed_until === null
  await expect.poll(isIndexed, { timeout: patienceMs, interval: 200 }).toBe(true)
  isFound = false
  return { chat, hasFound: () => isFound }
}

it(
  '[FT5] answers others while a search looks at what takes long',
  async () => {
    const { chat, hasFound } = await openWith('ﷺ ', 30, { socketPoints: 10_000, userPoints: 10_000 })
    const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
    await ann.request('join', { room: 'lobby', limit: 1 })
    let isAnswered = false
    const search = searched(ann, inIndexAlone, { limit: 100 }).finally(() => {
      isAnswered = true
    })
    let meanwhile = 0
    while (!isAnswered) {
      await ben.ask('leave', { room: 'r' })
      if (hasFound() && !isAnswered) meanwhile++
    }
    expect((await search).hits).toEqual([])
    expect(meanwhile).toBeGreaterThanOrEqual(5)
  },
  patienceMs,
)

it(
  '[FT5] looks no further than to where an answer is full, and costs more where it has looked at much',
  async () => {
    const { chat } = await openWith('x', 30, { socketPoints: 55, socketPointsPerSecond: 1 })
    const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
    for (const socket of [ann, ben]) await socket.request('join', { room: 'lobby', limit: 1 })
    for (let each = 0; each < 5; each++) expect(await found(ann, 'apple', { limit: 1 })).toHaveLength(1)
    stopClock()
    expect(await found(ben, inIndexAlone, { limit: 100 })).toEqual([])
    expect(await found(ben, inIndexAlone, { limit: 100 })).toEqual([])
    expect(await ben.ask('search', { text: 'apple' })).toMatchObject({ error: { code: 'rate_limited' } })
  },
  patienceMs,
)
