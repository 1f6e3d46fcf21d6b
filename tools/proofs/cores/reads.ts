import { wait } from '../bench/cpu.ts'
import { makeCid, nextUser } from '../bench/ids.ts'
import { type Contestant, expectSuccess } from '../bench/servers.ts'
import { quantile } from '../bench/statistics.ts'
import type { LongRoom } from './long-room.ts'
import type { Sizes } from './sizes.ts'
import { letRunOn } from './threads.ts'

/** How long appends wait, one after the other, while somebody reads all the time. */
export interface Waits {
  readonly beside: string
  readonly appends: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** What the readers got done meanwhile. */
  readonly readsPerSecond: number
  readonly readP50Ms: number
}

/** Somebody who reads all the time; `read` is one answer. */
export interface Reading {
  readonly beside: string
  readonly atOnce: number
  readonly read: () => Promise<unknown>
}

interface Played {
  readonly appendMs: number[]
  readonly readMs: number[]
  seconds: number
}

/** Plays all readings in turn, in several rounds of which the first warms up. */
export async function measureWaits(
  append: () => Promise<unknown>,
  readings: readonly Reading[],
  { rounds, seconds }: Sizes['reads'],
): Promise<Waits[]> {
  const all = new Map(readings.map((one) => [one, { appendMs: [], readMs: [], seconds: 0 } as Played]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const [reading, played] of all) {
      const { appendMs, readMs } = await play(append, reading, seconds)
      if (round === 0) continue
      played.appendMs.push(...appendMs)
      played.readMs.push(...readMs)
      played.seconds += seconds
    }
  }
  return [...all].map(([{ beside }, played]) => ({
    beside,
    appends: played.appendMs.length,
    p50Ms: quantile(played.appendMs, 0.5),
    p99Ms: quantile(played.appendMs, 0.99),
    readsPerSecond: played.readMs.length / played.seconds,
    readP50Ms: quantile(played.readMs, 0.5),
  }))
}

async function play(
  append: () => Promise<unknown>,
  { atOnce, read }: Reading,
  seconds: number,
): Promise<Omit<Played, 'seconds'>> {
  const until = performance.now() + seconds * 1_000
  async function repeatedly(step: () => Promise<unknown>, pauseMs: number): Promise<number[]> {
    const tookMs: number[] = []
    while (performance.now() < until) {
      const start = performance.now()
      await step()
      tookMs.push(performance.now() - start)
      if (pauseMs > 0) await wait(Math.random() * pauseMs)
    }
    return tookMs
  }
  const reads = Array.from({ length: atOnce }, () => repeatedly(read, 0))
  // Out of step with the reads.
  const appendMs = await repeatedly(append, 3)
  return { appendMs, readMs: (await Promise.all(reads)).flat() }
}

/** Appends of one client of a real server, beside the pages and searches of another. */
export async function measureReads(server: Contestant, longRoom: LongRoom, size: Sizes): Promise<Waits[]> {
  letRunOn(server.pid, '0,1')
  const writer = await server.connect(nextUser())
  const reader = await longRoom.connect()
  const page = () => longRoom.page(reader)
  const search = () => longRoom.search(reader)
  const append = async () => {
    const message = { room_id: 'beside', message_data: 'A message beside reads', cid: makeCid() }
    expectSuccess(await writer.request('message_event', message))
  }
  return measureWaits(
    append,
    [
      { beside: 'nothing', atOnce: 0, read: page },
      { beside: 'pages, one at a time', atOnce: 1, read: page },
      { beside: 'pages, 8 at a time', atOnce: 8, read: page },
      { beside: 'searches, one at a time', atOnce: 1, read: search },
      { beside: 'searches, 8 at a time', atOnce: 8, read: search },
    ],
    size.reads,
  )
}
