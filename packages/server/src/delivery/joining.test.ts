import { setImmediate as turn } from 'node:timers/promises'
import type { Entry, Page } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../stores/embedded/index.ts'
import { StoreUnavailableError, type StreamStore } from '../stores/store.ts'
import { drafts, range, room } from '../testing/store-cases/making.ts'
import { noHints } from './hints.ts'
import { Streams } from './streams.ts'

const key = room('r', 'demo')

/** A server whose store another one appends to, and that gets no hints. @param meanwhile runs before and after each read */
async function openStreams(meanwhile: () => Promise<void> = async () => {}) {
  const open = async () => {
    const store = await embeddedStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    return store
  }
  let store = await open()
  const reads: string[] = []
  const watched = (name: 'page' | 'head' | 'entries') => {
    return async (...args: unknown[]) => {
      const read = store.streams[name] as (...args: unknown[]) => Promise<unknown>
      reads.push(name)
      await meanwhile()
      const answer = await read(...args)
      await meanwhile()
      return answer
    }
  }
  const watchedStreams = {
    ...store.streams,
    ...{ page: watched('page'), head: watched('head'), entries: watched('entries') },
    append: (...asked: Parameters<StreamStore['append']>) => store.streams.append(...asked),
  } as StreamStore
  /** What those who are subscribed have heard since. */
  const heard: Entry[][] = []
  const streams = new Streams(
    watchedStreams,
    (_key, _epoch, entries) => {
      for (const each of heard) each.push(...entries.map(({ entry }) => entry))
      return heard.length
    },
    noHints,
  )
  /** What somebody who joins gets: the seqs of their page's entries, and of what they hear after it. */
  const join = async (from: Parameters<Streams['join']>[2]) => {
    const mine: Entry[] = []
    const subscribe = () => {
      if (heard.length === 0) streams.heard(key)
      return heard.push(mine) > 0
    }
    const subscriber = { expectRoom: () => undefined, subscribe, unsubscribe: () => true }
    const { page } = await streams.join(key, subscriber, from)
    return { page: page.value, heard: mine }
  }
  const append = (count: number) => store.streams.append(key, drafts(count))
  /** Puts a log of so many messages in the place of this one. */
  const rewind = async (count: number) => {
    store = await open()
    await append(count)
  }
  return { streams, join, append, rewind, reads, head: () => store.streams.head(key) }
}

const seqsOf = (entries: readonly { readonly seq: number }[]) => entries.map(({ seq }) => seq)
const beginOf = ({ epoch }: Page) => ({ epoch, seq: 0, id: null })

it('[NS7] gives who joins what another server has appended and this one has sent to others', async () => {
  const { join, append } = await openStreams()
  await append(3)
  const ann = await join({})
  await append(1)
  await join({ position: beginOf(ann.page) })
  expect(seqsOf(ann.heard)).toEqual([4])
  const eve = await join({})
  expect(seqsOf(eve.page.entries)).toEqual([1, 2, 3, 4])
  expect(eve.heard).toEqual([])
})

it.each(range(1, 20))(
  '[NS7] gives those who join together all that another server appends meanwhile, once and in order (%i)',
  async (seed) => {
    let at = seed
    let left = 30
    let append: (count: number) => Promise<unknown> = async () => undefined
    const opened = await openStreams(async () => {
      at = (at * 48_271) % 2_147_483_647
      for (let turns = at % 4; turns > 0; turns -= 1) await turn()
      if (at % 3 !== 0 || left === 0) return
      left -= 1
      await append(1 + (at % 2))
    })
    append = opened.append
    await append(5)
    const first = await opened.join({})
    const beginning = beginOf(first.page)
    const froms = range(1, 40).map((n) =>
      n % 3 === 0 ? { position: beginning } : { limit: n % 3 === 1 ? 100 : 90 },
    )
    const joined = await Promise.all(froms.map((from) => opened.join(from)))
    left = 0
    await opened.streams.catchUp(key)
    const all = range(1, await opened.head())
    for (const { page, heard } of joined) expect([...seqsOf(page.entries), ...seqsOf(heard)]).toEqual(all)
  },
)

it('[NS3] reads nothing of what another server appends where nobody here reads it', async () => {
  const { streams, join, append, reads, head } = await openStreams()
  await append(3)
  await streams.follow(key)
  reads.length = 0
  await append(300)
  await streams.catchUp(key, 150)
  await streams.catchUp(key)
  expect(reads).toEqual([])
  const { page } = await join({})
  expect(page.head.seq).toBe(await head())
  expect(reads).toEqual(['head', 'page'])
})

it('[NS7] reads the same page once for all who join together', async () => {
  const { join, append, reads } = await openStreams()
  await append(5)
  const { page } = await join({})
  reads.length = 0
  const joined = await Promise.all(range(1, 60).map(() => join({ position: beginOf(page) })))
  expect(joined.map(({ page: { entries } }) => entries.length)).toEqual(Array(60).fill(5))
  expect(reads.length).toBeLessThanOrEqual(4)
})

it('lets nobody join a stream that is shorter than what its subscribers have got, and goes on', async () => {
  const { streams, join, append, rewind } = await openStreams()
  await append(3)
  await join({})
  // As after a restore under a server that runs.
  await rewind(2)
  await expect(join({ limit: 7 })).rejects.toThrow(StoreUnavailableError)
  await streams.settled()
  streams.unheard(key)
  const { page } = await join({ limit: 7 })
  expect(seqsOf(page.entries)).toEqual([1, 2])
})

it('[MF8] tells of what is said after the log has gone back, and shows it to who joins then', async () => {
  const { streams, join, append, rewind } = await openStreams()
  await append(5)
  const ann = await join({})
  await rewind(2)
  await streams.appendAll(key, drafts(1), 1)
  await streams.settled()
  expect(seqsOf(ann.heard)).toEqual([3])
  const eve = await join({})
  expect(seqsOf(eve.page.entries)).toEqual([1, 2, 3])
})
