import { expect, it } from 'vitest'
import { range } from '../../testing/store-cases/making.ts'
import { type Store, StoreUnavailableError } from '../store.ts'
import { toldLater } from '../told-later.ts'
import type { Backend } from './group-commit.ts'
import { storeOver } from './index.ts'
import type { Answer, Operation } from './operations.ts'

const deadlineMs = 200
const patienceMs = 5_000

/** A disk that hangs until it is told to go on, and what reached it. */
function hangingDisk() {
  const batches: (readonly Operation[])[] = []
  const waiting: (() => void)[] = []
  let hangs = false
  let refuses = false
  const answer = (): Answer =>
    refuses ? { failure: 'database or disk is full', unavailable: true } : { value: 1 }
  const backend: Backend = {
    async run(batch) {
      batches.push(batch)
      if (hangs) await new Promise<void>((resolve) => waiting.push(resolve))
      return batch.map(answer)
    },
    close: async () => {},
  }
  return {
    batches,
    store: storeOver(backend, { deadlineMs }),
    hang: () => {
      hangs = true
    },
    goOn: () => {
      hangs = false
      for (const resume of waiting.splice(0)) resume()
    },
    fill: (isFull: boolean) => {
      refuses = isFull
    },
  }
}

function isAnswered(store: Store): Promise<boolean> {
  return store.topics.list('acme').then(
    () => true,
    () => false,
  )
}

async function expectRefused(call: Promise<unknown>): Promise<void> {
  const from = performance.now()
  await expect(call).rejects.toThrow(StoreUnavailableError)
  expect(performance.now() - from).toBeLessThan(patienceMs)
}

it('[SD2] refuses all that waits for a disk that hangs, then what comes later at once, and recovers with it', async () => {
  const { store, hang, goOn, batches } = hangingDisk()
  await store.streams.head({ workspace_id: 'acme', stream: 'room:r' })
  hang()
  const first = expectRefused(store.topics.list('acme'))
  await new Promise((resolve) => setImmediate(resolve))
  await Promise.all([first, ...range(1, 50).map(() => expectRefused(store.topics.list('acme')))])
  const reached = batches.length
  await expectRefused(store.topics.list('acme'))
  expect(await store.health?.()).toMatchObject({
    reads: false,
    writes: false,
    problem: expect.stringContaining('does not answer'),
  })
  goOn()
  await expect.poll(() => isAnswered(store)).toBe(true)
  // What was refused while it waited was never run: one read since then.
  expect(batches.length).toBe(reached + 1)
  expect(await store.health?.()).toMatchObject({ reads: true, writes: true, problem: null })
  await store.close()
})

it('[S49] answers later what it has done after it had refused it, for those who have to be told', async () => {
  const { store, hang, goOn } = hangingDisk()
  const told: unknown[] = []
  hang()
  await expectRefused(toldLater(store.tickets.assignWaiting('acme'), (given) => told.push(given)))
  // What was never run has nothing to tell.
  await expectRefused(toldLater(store.tickets.assignWaiting('acme'), (given) => told.push(given)))
  expect(told).toEqual([])
  goOn()
  await expect.poll(() => told).toEqual([1])
  await expect.poll(() => isAnswered(store)).toBe(true)
  expect(told).toEqual([1])
  await store.close()
})

it('[SD2] waits for no disk that hangs when it is closed', async () => {
  const { store, hang, goOn } = hangingDisk()
  hang()
  const refused = expectRefused(store.topics.list('acme'))
  await expectRefused(store.close())
  await refused
  goOn()
})

it('[SD2] takes no more than a bounded number of calls that wait', async () => {
  const { store, hang, goOn } = hangingDisk()
  hang()
  const calls = await Promise.allSettled(range(1, 25_000).map(() => store.topics.list('acme')))
  expect(calls.every(({ status }) => status === 'rejected')).toBe(true)
  const reasons = calls.map((call) => (call.status === 'rejected' ? String(call.reason) : ''))
  expect(reasons.filter((reason) => reason.includes('too much waits')).length).toBeGreaterThan(0)
  goOn()
  await expect.poll(() => isAnswered(store)).toBe(true)
  await store.close()
})

it('[SD10] says how it is, and tries a write once one was refused', async () => {
  const { store, fill, batches } = hangingDisk()
  const written = () => batches.flat().filter(([domain]) => domain === 'engine').length
  expect(await store.health?.()).toEqual({ reads: true, writes: true, problem: null, damaged: 0 })
  expect(written()).toBe(0)
  fill(true)
  await expectRefused(store.streams.open({ workspace_id: 'acme', stream: 'room:r' }))
  expect(await store.health?.()).toMatchObject({ writes: false, problem: 'database or disk is full' })
  fill(false)
  expect(await store.health?.()).toMatchObject({ reads: true, writes: true, problem: null })
  expect(written()).toBe(2)
  await store.close()
})
