import { accept, connections, fanOut } from '../bench/cells.ts'
import type { Cell } from '../bench/measure.ts'
import { repeat } from '../bench/repeat.ts'
import type { Contestant } from '../bench/servers.ts'
import { type Spread, spread } from '../bench/statistics.ts'
import type { LongRoom } from './long-room.ts'
import type { Sizes } from './sizes.ts'
import { letRunOn, measureThreads, type ThreadSample, type ThreadTimes } from './threads.ts'

/** The cores that the server may use; the load has the first one. */
const arrangements = { one: '1', two: '0,1' } as const
type Arrangement = keyof typeof arrangements

/** Where the CPU of a unit goes, and what a second core gives. */
export interface Gain {
  readonly title: string
  readonly mode: string
  readonly unit: string
  /** On one core, in which the threads' times are least disturbed. */
  readonly cpuUs: ThreadTimes
  readonly loadUs: number
  /** The CPU of all threads by that of the busiest one: with a core for each, the rate is at most so many times that of one core. */
  readonly bound: number
  /** Units a second with the server on one core, and on both. */
  readonly one: Spread
  readonly two: Spread
  /** `two` by `one`, round by round. */
  readonly gained: Spread
}

interface Job {
  readonly title: string
  readonly unit: string
  readonly server: Contestant
  readonly cell: Cell
}

export async function measureGains(
  servers: { readonly durable: Contestant; readonly memory: Contestant },
  longRoom: LongRoom,
  size: Sizes,
): Promise<Gain[]> {
  const played = new Map<Job, Record<Arrangement, ThreadSample>[]>()
  for (const job of await openJobs(servers, longRoom, size)) played.set(job, [])
  for (let round = 0; round < size.rounds; round += 1) {
    for (const [job, samples] of played) {
      const sample = await play(job, round % 2 === 0 ? ['one', 'two'] : ['two', 'one'])
      // The first round warms up.
      if (round > 0) samples.push(sample)
    }
  }
  return [...played].map(([job, samples]) => gainOf(job, samples))
}

async function openJobs(
  { durable, memory }: { readonly durable: Contestant; readonly memory: Contestant },
  longRoom: LongRoom,
  { scale }: Sizes,
): Promise<Job[]> {
  const some = (count: number) => Math.round(count * scale)
  const reader = await longRoom.connect()
  const reading = (read: LongRoom['page'], count: number): Cell => ({
    run: () => repeat(some(count), () => read(reader), 8),
  })
  const accepting = { senders: 1, inFlight: 64, messages: some(20_000) }
  const accepted = { title: 'accepted message, 64 in flight', unit: 'message' }
  const fan = { members: 20, senders: 1 }
  const page = { title: 'cold page of 50 of a long room, 8 in flight', unit: 'page' }
  const search = { title: 'search for two words in a long room, 8 in flight', unit: 'search' }
  return [
    { ...accepted, server: memory, cell: await accept(memory, accepting) },
    { ...accepted, server: durable, cell: await accept(durable, accepting) },
    {
      title: 'fan-out, room of 20, one at a time',
      unit: 'delivery',
      server: durable,
      cell: await fanOut(durable, { ...fan, inFlight: 1, messages: some(1_500) }),
    },
    {
      title: 'fan-out, room of 20, 16 in flight',
      unit: 'delivery',
      server: durable,
      cell: await fanOut(durable, { ...fan, inFlight: 16, messages: some(3_000) }),
    },
    {
      title: 'connection, five rooms × 50 messages, cached',
      unit: 'connection',
      server: durable,
      cell: await connections(durable, { count: some(240), rooms: 5, cold: false }),
    },
    { ...page, server: durable, cell: reading(longRoom.page, 1_500) },
    { ...search, server: durable, cell: reading(longRoom.search, 400) },
  ]
}

async function play({ server, cell }: Job, order: readonly Arrangement[]) {
  const samples: Partial<Record<Arrangement, ThreadSample>> = {}
  for (const arrangement of order) {
    letRunOn(server.pid, arrangements[arrangement])
    samples[arrangement] = await measureThreads(server.pid, cell)
  }
  return samples as Record<Arrangement, ThreadSample>
}

function gainOf(
  { title, unit, server: { kind: mode } }: Job,
  samples: readonly Record<Arrangement, ThreadSample>[],
): Gain {
  const middle = (of: (sample: ThreadSample) => number) => spread(samples.map(({ one }) => of(one))).median
  const cpuUs = {
    main: middle((sample) => sample.cpuUs.main),
    store: middle((sample) => sample.cpuUs.store),
    rest: middle((sample) => sample.cpuUs.rest),
  }
  const { main, store, rest } = cpuUs
  return {
    title,
    mode,
    unit,
    cpuUs,
    loadUs: middle((sample) => sample.loadUs),
    bound: (main + store + rest) / Math.max(main, store),
    one: spread(samples.map(({ one }) => one.perSecond)),
    two: spread(samples.map(({ two }) => two.perSecond)),
    gained: spread(samples.map(({ one, two }) => two.perSecond / one.perSecond)),
  }
}
