import { quantile, type Spread, spread } from '../bench/statistics.ts'
import type { Sizes } from './options.ts'
import { type Driver, openPlace } from './place.ts'
import { bareInserts } from './throughput/bare.ts'
import { type Contender, inFlight, ourAppends } from './throughput/contender.ts'

export interface ThroughputFigures {
  readonly driver: Driver
  readonly of: string
  /** How many rows one commit took, on average. */
  readonly batch: number
  readonly perSecond: Spread
  readonly p99Ms: Spread
  /** Bare inserts a second in the same round. */
  readonly barePerSecond: Spread
  /** Ours divided by bare's, round by round. */
  readonly ratio: Spread
}

interface Sample {
  readonly perSecond: number
  readonly p99Ms: number
  readonly batch: number
}

/** Appends as a server does, 64 in flight, and bare inserts into the same engine in turns with them. */
export async function compareThroughput(driver: Driver, size: Sizes): Promise<ThroughputFigures[]> {
  const place = await openPlace(driver)
  const bare = await bareInserts(driver)
  const store = await place.open()
  const count = Math.floor(size.appends * (driver === 'mongo' ? 0.2 : 1))
  const oneRoom = ourAppends(store, 1)
  const hundredRooms = ourAppends(store, 100)
  const rounds: Record<'one' | 'hundred' | 'bare', Sample>[] = []
  try {
    // The first round only warms up.
    for (let round = 0; round <= size.throughputRounds; round += 1) {
      const one = await play(oneRoom, count)
      const hundred = await play(hundredRooms, count)
      rounds.push({ one, hundred, bare: await play(bare, count) })
    }
  } finally {
    await store.close()
    await bare.close()
    await place.remove()
  }
  return [
    figuresOf(driver, 'one room', 'one', rounds.slice(1)),
    figuresOf(driver, 'a hundred rooms', 'hundred', rounds.slice(1)),
    figuresOf(driver, bare.title, 'bare', rounds.slice(1)),
  ]
}

function figuresOf(
  driver: Driver,
  of: string,
  whose: 'one' | 'hundred' | 'bare',
  rounds: readonly Record<'one' | 'hundred' | 'bare', Sample>[],
): ThroughputFigures {
  return {
    driver,
    of,
    batch: spread(rounds.map((round) => round[whose].batch)).median,
    perSecond: spread(rounds.map((round) => round[whose].perSecond)),
    p99Ms: spread(rounds.map((round) => round[whose].p99Ms)),
    barePerSecond: spread(rounds.map(({ bare }) => bare.perSecond)),
    ratio: spread(rounds.map((round) => round[whose].perSecond / round.bare.perSecond)),
  }
}

/** Keeps 64 under way until so many are done. */
async function play(contender: Contender, count: number): Promise<Sample> {
  const tookMs: number[] = []
  const commitsBefore = contender.commits()
  const start = performance.now()
  let next = 0
  const run = async (): Promise<void> => {
    while (next < count) {
      const number = next
      next += 1
      const sentAt = performance.now()
      await contender.add(number)
      tookMs.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, run))
  const seconds = (performance.now() - start) / 1_000
  return {
    perSecond: count / seconds,
    p99Ms: quantile(tookMs, 0.99),
    batch: count / (contender.commits() - commitsBefore),
  }
}
