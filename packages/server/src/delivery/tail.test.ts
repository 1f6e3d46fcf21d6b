import type { Message, Page } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { PageRange, StreamStore } from '../stores/store.ts'
import { changeDraft, drafts, range, room } from '../testing/store-cases/making.ts'
import { noHints } from './hints.ts'
import { Streams } from './streams.ts'

const key = room('r', 'demo')
const subscriber = { expectRoom: () => undefined, subscribe: () => true, unsubscribe: () => true }

/** A server of one store, and how often it has read pages. */
async function openStreams({ isShared = true } = {}) {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const reads = { pages: 0 }
  const page: StreamStore['page'] = (...asked) => {
    reads.pages += 1
    return store.streams.page(...asked)
  }
  const watched = { ...store.streams, page }
  const streams = new Streams(watched, () => 1, noHints, { isShared })
  streams.heard(key)
  const say = (count: number, change = {}) => streams.appendAll(key, drafts(count, change), count)
  const join = async (asked: Parameters<Streams['join']>[2] = {}) =>
    (await streams.join(key, subscriber, asked)).page
  /** What the store says by itself. */
  const stored = async (asked: PageRange) => (await store.streams.page(key, asked))?.text
  return { streams, reads, say, join, stored, other: store.streams }
}

function positions({ epoch, head, entries }: Page) {
  return [...entries.map(({ seq, _id: id }) => ({ seq, id })), head].map((at) => ({ ...at, epoch }))
}

it.each(range(1, 30))(
  '[NS14] is the page that the store would read, whatever was appended and changed (%i)',
  async (seed) => {
    const isShared = seed % 2 === 0
    const { streams, say, join, stored, other, reads } = await openStreams({ isShared })
    let at = seed
    const below = (end: number): number => {
      at = (at * 48_271) % 2_147_483_647
      return at % end
    }
    const own = {
      change: (...[, draft]: Parameters<StreamStore['change']>) => streams.change(key, draft),
      remove: async (...[, removal]: Parameters<StreamStore['remove']>) => ({
        removed: [...(await streams.remove(key, removal))],
        head: 0,
      }),
    }
    let known: Page | undefined
    const messages = (): Message[] =>
      (known?.entries ?? []).flatMap((entry) =>
        entry.type === 'message' && entry.kind === 'text' ? [entry] : [],
      )
    const change = async (changing: Pick<StreamStore, 'change' | 'remove'>): Promise<void> => {
      const all = messages()
      const { seq, _id } = all[below(all.length)] ?? {}
      if (seq === undefined || _id === undefined) return
      const target = { seq, message_id: _id }
      if (below(2) === 0) await changing.remove(key, { targets: [seq], reason: 'deleted' })
      else await changing.change(key, changeDraft(target, { change: 'reacted', reaction: `${below(9)}` }))
    }
    const steps = [
      () => say(1 + below(4)),
      () => say(1 + below(4)),
      () => say(1, { message_data: 'long '.repeat(4_000) }),
      () => say(60),
      () => change(own),
      // Another server's.
      () => other.append(key, drafts(1 + below(3))).then(() => streams.catchUp(key)),
      () => change(other).then(() => streams.catchUp(key)),
    ]
    for (let step = 0; step < 60; step += 1) {
      await steps[below(below(3) === 0 ? steps.length : 2)]?.()
      const limit = [undefined, 1, 50, 120][below(4)]
      const places = known ? positions(known) : []
      const position = below(2) === 0 ? places[below(places.length || 1)] : undefined
      const asked = { ...(limit && { limit }), ...(position && { position }) }
      const page = await join(asked)
      const wanted = position ? { after: position, limit: limit ?? 200 } : { newest: limit ?? 50 }
      expect(page.text).toBe(await stored(wanted))
      if (page.value.entries.length > 0) known = page.value
    }
    if (isShared) expect(reads.pages).toBeLessThan(60)
  },
)

it('[NS14] costs no read where others have only written since', async () => {
  const { reads, say, join } = await openStreams()
  await say(60)
  const { value: first } = await join()
  expect(reads.pages).toBe(1)
  const [position] = positions(first).toReversed()
  for (let n = 0; n < 300; n += 1) {
    await say(1)
    expect((await join()).value.head.seq).toBe(61 + n)
  }
  if (position) expect((await join({ position })).value.entries).toHaveLength(200)
  expect(reads.pages).toBe(1)
})

it('[NS14] is read anew after a change, where it must have more, and where nobody joined for long', async () => {
  const { streams, reads, say, join } = await openStreams()
  await say(120)
  const { value: page } = await join()
  await say(1)
  await join()
  expect(reads.pages).toBe(1)
  await join({ limit: 110 })
  expect(reads.pages).toBe(2)
  await say(1)
  await join({ limit: 110 })
  expect(reads.pages).toBe(2)
  const { seq = 0, _id = '' } = page.entries[0] ?? {}
  const reacted = { change: 'reacted', reaction: '+1' } as const
  await streams.change(key, changeDraft({ seq, message_id: _id }, reacted))
  await join()
  expect(reads.pages).toBe(3)
  await say(201)
  await join()
  expect(reads.pages).toBe(4)
})
