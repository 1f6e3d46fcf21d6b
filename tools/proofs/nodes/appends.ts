import type { Contestant, Program } from '../bench/servers.ts'
import { type Spread, spread } from '../bench/statistics.ts'
import type { Kind } from '../stores/kills/findings.ts'
import { Person } from '../stores/person.ts'
import { Crowd } from '../stores/two-processes/crowd.ts'
import { type Machinery, newDatabase, type Side, startOurs, stopSides } from './sides.ts'
import { type CountingWay, countingWay } from './wire-counts.ts'

/** Appends to one room through one node and through two, by one program. */
export interface AppendFigures {
  /** `ours`, or the commit. */
  readonly program: string
  readonly hasRedis: boolean
  /** Messages a second, 64 in flight. */
  readonly one: Spread
  readonly two: Spread
  /** Two divided by one, round by round. */
  readonly ratio: Spread
  /** Requests of two nodes that were refused, and sent again. */
  readonly retries: number
  /** A message: what is sent to MongoDB to insert it, and how often a key was taken. */
  readonly inserts: { readonly one: number; readonly two: number }
  readonly collisions: { readonly one: number; readonly two: number }
  /** What is wrong with what is stored; all of it is to be 0. */
  readonly found: Readonly<Record<Kind, number>>
  readonly details: readonly string[]
}

interface AppendSize {
  readonly rounds: number
  readonly messages: number
}

const eachSide = 8

/** One node or two, the ways to their database, and the people who send. */
class Writers {
  readonly crowd = new Crowd()
  readonly #side: Side
  readonly #ways: readonly CountingWay[]
  readonly #people: readonly Person[]
  readonly perSecond: number[] = []

  constructor(side: Side, ways: readonly CountingWay[], people: readonly Person[]) {
    this.#side = side
    this.#ways = ways
    this.#people = people
  }

  static async start(program: Program, count: number, machinery: Machinery, hasRedis: boolean) {
    const uri = newDatabase(machinery)
    const ways: CountingWay[] = []
    for (let n = 0; n < count; n += 1) ways.push(await countingWay(uri))
    const uris = ways.map(({ url }) => url)
    const side = await startOurs(`writers-${count}`, program, uris, hasRedis ? machinery.redis : undefined)
    const people: Person[] = []
    for (let n = 0; n < eachSide; n += 1) {
      people.push(new Person(`u${n}`, await (side.nodes[n % count] as Contestant).connect(n)))
    }
    return new Writers(side, ways, people)
  }

  async send(messages: number): Promise<number> {
    const perSecond = await this.crowd.send(this.#people, messages)
    this.perSecond.push(perSecond)
    return perSecond
  }

  /** Commands of a kind a message, since the start. */
  counted(name: string): number {
    const all = this.#ways.reduce((sum, way) => sum + (way.counts()[name] ?? 0), 0)
    return all / Math.max(1, this.crowd.sent.length)
  }

  /** Checks what is stored, as each node tells it. */
  async check(): Promise<void> {
    const readers: Person[] = []
    for (const node of this.#side.nodes) readers.push(new Person('u100', await node.connect(100)))
    await this.crowd.check(readers)
  }

  async stop(): Promise<void> {
    await stopSides([this.#side])
    for (const way of this.#ways) way.close()
  }
}

/** Measures the programs in the same rounds. A commit that knows no Redis is measured without. */
export async function measureAppends(
  programs: readonly { readonly program: Program; readonly hasRedis: boolean }[],
  machinery: Machinery,
  size: AppendSize,
): Promise<AppendFigures[]> {
  const pairs = []
  for (const { program, hasRedis } of programs) {
    const one = await Writers.start(program, 1, machinery, false)
    const two = await Writers.start(program, 2, machinery, hasRedis)
    pairs.push({ name: program.name, hasRedis, one, two })
  }
  // The first round only warms up.
  for (let round = 0; round <= size.rounds; round += 1) {
    for (const { one, two } of round % 2 === 0 ? pairs : [...pairs].reverse()) {
      await one.send(size.messages)
      await two.send(size.messages)
    }
  }
  const figures: AppendFigures[] = []
  for (const { name, hasRedis, one, two } of pairs) {
    for (const writers of [one, two]) await writers.check()
    figures.push(figuresOf(name, hasRedis, one, two))
    for (const writers of [one, two]) await writers.stop()
  }
  return figures
}

function figuresOf(program: string, hasRedis: boolean, one: Writers, two: Writers): AppendFigures {
  const [ones, twos] = [one.perSecond.slice(1), two.perSecond.slice(1)]
  one.crowd.findings.take(two.crowd.findings)
  const { counts: found, details } = one.crowd.findings
  return {
    program,
    hasRedis,
    one: spread(ones),
    two: spread(twos),
    ratio: spread(twos.map((perSecond, at) => perSecond / (ones[at] ?? Number.NaN))),
    retries: two.crowd.retries,
    inserts: { one: one.counted('insert'), two: two.counted('insert') },
    collisions: { one: one.counted('refused inserts'), two: two.counted('refused inserts') },
    found,
    details,
  }
}
