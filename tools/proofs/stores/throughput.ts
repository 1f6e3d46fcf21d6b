import { quantile, type Spread, spread } from '../bench/statistics.ts'
import { openPlace } from './open-place.ts'
import type { Sizes } from './options.ts'
import type { Driver, Place } from './place.ts'
import { bareMongo } from './throughput/bare-mongo.ts'
import { bareSqlite } from './throughput/bare-sqlite.ts'
import { type Contender, inFlight, ourAppends } from './throughput/contender.ts'
import type { Bare } from './throughput/together.ts'

export interface ThroughputFigures {
  readonly driver: Driver
  readonly of: string
  /** How many rows one write took, on average. */
  readonly batch: number
  readonly perSecond: Spread
  readonly p99Ms: Spread
  /** How many rows were sent again in all rounds, because the store was not in time. */
  readonly retries: number
  /** Rows a second divided by bare's of the same round; null for bare itself. */
  readonly ratio: Spread | null
}

interface Sample {
  readonly perSecond: number
  readonly p99Ms: number
  readonly batch: number
  readonly retries: number
}

/** One line of the table; `beside` is the bare one that it is compared with. */
interface Line {
  readonly of: string
  readonly contender: Contender
  readonly beside?: string
}

/** Appends as a server does, 64 in flight, and bare inserts into the same engine in turns with them. */
export async function compareThroughput(driver: Driver, size: Sizes): Promise<ThroughputFigures[]> {
  const place = await openPlace(driver)
  const bare = await bareOf(place)
  const store = await place.open()
  const lines: Line[] = [
    { of: 'appends to one room', contender: ourAppends(store, 1), beside: bare.besideOne.title },
    { of: 'appends to a hundred rooms', contender: ourAppends(store, 100), beside: bare.besideHundred.title },
    ...bare.all.map((contender) => ({ of: contender.title, contender })),
  ]
  try {
    const rounds: Map<string, Sample>[] = []
    for (let round = 0; round <= size.throughputRounds; round += 1) {
      const samples = new Map<string, Sample>()
      for (const { of, contender } of lines) samples.set(of, await play(contender, size.throughputSeconds))
      rounds.push(samples)
    }
    // The first round only warms up.
    return lines.map((line) => figuresOf(driver, line, rounds.slice(1)))
  } finally {
    await store.close()
    for (const one of bare.all) await one.close()
    await place.remove()
  }
}

/** What is bare, and which of it the appends are compared with. */
interface BareOnes {
  readonly all: readonly Bare[]
  readonly besideOne: Bare
  readonly besideHundred: Bare
}

async function bareOf({ database, address }: Place): Promise<BareOnes> {
  if (!database) {
    // A group commit takes what waits in all rooms.
    const plain = await bareSqlite('plain')
    return { all: [plain, await bareSqlite('keyed')], besideOne: plain, besideHundred: plain }
  }
  const together = await bareMongo(address, 'together')
  const alone = await bareMongo(address, 'alone')
  return {
    all: [together, await bareMongo(address, 'keyed'), alone],
    besideOne: together,
    besideHundred: alone,
  }
}

function figuresOf(
  driver: Driver,
  { of, beside }: Line,
  rounds: readonly ReadonlyMap<string, Sample>[],
): ThroughputFigures {
  const all = (value: (sample: Sample) => number, name = of): number[] =>
    rounds.flatMap((samples) => {
      const sample = samples.get(name)
      return sample ? [value(sample)] : []
    })
  const perSecond = all((sample) => sample.perSecond)
  const bare = all((sample) => sample.perSecond, beside)
  return {
    driver,
    of,
    batch: spread(all(({ batch }) => batch)).median,
    perSecond: spread(perSecond),
    p99Ms: spread(all(({ p99Ms }) => p99Ms)),
    retries: all(({ retries }) => retries).reduce((sum, retries) => sum + retries, 0),
    ratio:
      beside === undefined
        ? null
        : spread(perSecond.map((rate, round) => rate / (bare[round] ?? Number.NaN))),
  }
}

/** Keeps 64 under way for so long. */
async function play(contender: Contender, forSeconds: number): Promise<Sample> {
  const tookMs: number[] = []
  const before = { commits: contender.commits(), retries: contender.retries() }
  const start = performance.now()
  const end = start + forSeconds * 1_000
  let next = 0
  const run = async (): Promise<void> => {
    while (performance.now() < end) {
      const sentAt = performance.now()
      await contender.add(next++)
      tookMs.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, run))
  const seconds = (performance.now() - start) / 1_000
  const count = tookMs.length
  return {
    perSecond: count / seconds,
    p99Ms: quantile(tookMs, 0.99),
    batch: count / (contender.commits() - before.commits),
    retries: contender.retries() - before.retries,
  }
}
