import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import { consoleLogger } from '../logger.ts'
import { StoreUnavailableError, type StreamKey, streamId } from '../stores/store.ts'
import { SearchIndexing } from './search-indexing.ts'

const key = (stream: string): StreamKey => ({ workspace_id: 'demo', stream })
const secondMs = 1_000
const hourMs = 60 * 60 * secondMs

/** Indexing over a store that fails as `problemOf` says. */
function open(problemOf: (stream: string) => Error | undefined) {
  vi.useFakeTimers()
  const indexed: string[] = []
  const indexing = new SearchIndexing({
    store: {
      prepare: async () => true,
      isComplete: async () => true,
      complete: async () => {},
      index: async (keys) => {
        const problem = keys.map(({ stream }) => problemOf(stream)).find((one) => one !== undefined)
        if (problem) throw problem
        indexed.push(...keys.map(streamId))
        return []
      },
      behind: async () => ({ streams: [], next: null }),
      drop: async () => false,
      tidy: async () => false,
      find: async () => ({ candidates: [], before: null }),
    },
    workspaces: { ids: ['demo'], get: () => ({ search: true }) as never },
    nodes: { id: randomUUID(), others: [], onLeft: () => {} },
    logger: { ...consoleLogger, warn: () => {} },
  })
  onTestFinished(async () => {
    const stopped = indexing.stop()
    await vi.runOnlyPendingTimersAsync()
    await stopped
    vi.useRealTimers()
  })
  indexing.start()
  return { indexing, indexed }
}

it('[FT7] indexes what has grown as soon as a store answers that did not for a while', async () => {
  let isAway = true
  const { indexing, indexed } = open(() => (isAway ? new StoreUnavailableError() : undefined))
  indexing.grew(key('room:quiet'))
  await vi.advanceTimersByTimeAsync(30 * secondMs)
  expect(indexed).toEqual([])
  expect(await indexing.indexedUntil('demo')).not.toBeNull()
  isAway = false
  await vi.advanceTimersByTimeAsync(2 * secondMs)
  expect(indexed).toEqual([streamId(key('room:quiet'))])
  expect(await indexing.indexedUntil('demo')).toBeNull()
})

it('[FT7] says that messages are missing of a stream that fails again and again, and tries it within an hour', async () => {
  let isFailing = true
  const { indexing, indexed } = open((stream) =>
    isFailing && stream === 'room:odd' ? new Error('odd') : undefined,
  )
  const since = Date.now()
  indexing.grew(key('room:odd'))
  await vi.advanceTimersByTimeAsync(30 * secondMs)
  indexing.grew(key('room:even'))
  await vi.advanceTimersByTimeAsync(30 * secondMs)
  expect(indexed).toEqual([streamId(key('room:even'))])
  expect(await indexing.indexedUntil('demo')).toBe(new Date(since).toISOString())
  isFailing = false
  await vi.advanceTimersByTimeAsync(hourMs)
  expect(indexed).toContain(streamId(key('room:odd')))
  expect(await indexing.indexedUntil('demo')).toBeNull()
})
