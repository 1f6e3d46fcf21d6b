import { withStore } from '../../../packages/server/src/testing/store-cases/store-case.ts'
import { quantile } from '../bench/statistics.ts'
import { type Filled, fill } from './million/fill.ts'
import { type Read, readsOfSocket, readsOfStore } from './million/reads.ts'
import { openPlace } from './open-place.ts'
import type { Sizes } from './options.ts'
import type { Driver, Place } from './place.ts'
import { type Program, ServerProcess } from './server-process.ts'

export interface ReadFigures {
  /** Calls to the store's methods, or requests over a socket to a server. */
  readonly where: 'store' | 'socket'
  readonly what: string
  readonly reads: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface MillionFigures {
  readonly driver: Driver
  readonly messages: number
  readonly tickets: number
  readonly fillSeconds: number
  readonly results: readonly ReadFigures[]
}

export const barMs = 10

/** Fills one workspace, and times reads at random places in it, one at a time. */
export async function readFromAMillion(
  driver: Driver,
  program: Program,
  size: Sizes,
): Promise<MillionFigures> {
  const place = await openPlace(driver)
  try {
    const { filled, inStore } = await withStore(place.open, async (store) => {
      const filled = await fill(store, size)
      return { filled, inStore: await timeAll('store', readsOfStore(store, filled), size.reads) }
    })
    const atSocket = await readAtSocket(place, program, filled, size)
    return { driver, ...countsOf(filled), results: [...inStore, ...atSocket] }
  } finally {
    await place.remove()
  }
}

async function readAtSocket(
  place: Place,
  program: Program,
  filled: Filled,
  size: Sizes,
): Promise<ReadFigures[]> {
  const server = await ServerProcess.start(program, place.env)
  try {
    const reader = await server.connect('reader', 'admin')
    return await timeAll('socket', readsOfSocket(reader, filled), size.reads)
  } finally {
    await server.stop()
  }
}

function countsOf({ messages, tickets, fillSeconds }: Filled) {
  return { messages, tickets: tickets.length, fillSeconds }
}

async function timeAll(
  where: ReadFigures['where'],
  kinds: readonly Read[],
  reads: number,
): Promise<ReadFigures[]> {
  const results: ReadFigures[] = []
  for (const { what, read } of kinds) {
    const tookMs: number[] = []
    for (let n = 0; n < reads; n += 1) {
      const start = performance.now()
      await read()
      tookMs.push(performance.now() - start)
    }
    results.push({ where, what, reads, p50Ms: quantile(tookMs, 0.5), p99Ms: quantile(tookMs, 0.99) })
  }
  return results
}
