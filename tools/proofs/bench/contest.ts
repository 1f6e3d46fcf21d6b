import { warmUp } from './cells.ts'
import { wait } from './cpu.ts'
import { isMemoryOnly, measureDisk } from './disk.ts'
import { type Disturbance, watchOthers } from './disturbance.ts'
import { features } from './features.ts'
import { type Cell, measure, type Sample } from './measure.ts'
import type { Sizes } from './options.ts'
import { describeProfiles } from './profile.ts'
import type { Round } from './results.ts'
import type { Row } from './row.ts'
import { Contestant, type Entrant, scratch } from './servers.ts'

/** A round is played again when other processes take more than this share of the machine. */
const tolerable = 0.05

export interface Match<Key extends string> {
  readonly rounds: ReadonlyMap<Row, readonly Round<Key>[]>
  readonly disturbed: Disturbance
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function plays({ isFloor }: Contestant, { hasFloor }: Row): boolean {
  return !isFloor || hasFloor === true
}

/** A server that cannot play a row: an older one may not know a request, or not push what the row waits for. */
class CannotPlayError extends Error {
  override readonly name = 'CannotPlayError'
  readonly server: Contestant

  constructor(row: Row, server: Contestant, cause: unknown) {
    super(`${row.id}, ${server.name}: ${cause instanceof Error ? cause.message : cause}`, { cause })
    this.server = server
  }
}

async function named<T>(row: Row, server: Contestant, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new CannotPlayError(row, server, error)
  }
}

async function openCells(row: Row, servers: readonly Contestant[]): Promise<Map<string, Cell>> {
  const cells = new Map<string, Cell>()
  for (const server of servers)
    if (plays(server, row)) cells.set(server.key, await named(row, server, row.open(server)))
  return cells
}

/** Warmed-up servers side by side, with the cell of every row open on each of them. */
export class Contest<Key extends string> {
  readonly servers: readonly Contestant[]
  readonly #cells = new Map<Row, Map<string, Cell>>()
  readonly #leavesOut: (server: Contestant) => boolean

  private constructor(servers: readonly Contestant[], leavesOut: (server: Contestant) => boolean) {
    this.servers = servers
    this.#leavesOut = leavesOut
  }

  /** @param leavesOut whether a row is left out that this server cannot play */
  static async open<Key extends string>(
    rows: readonly Row[],
    size: Sizes,
    entrants: readonly Entrant<Key>[],
    leavesOut: (server: Contestant) => boolean = () => false,
  ): Promise<Contest<Key>> {
    const servers: Contestant[] = []
    for (const entrant of entrants)
      servers.push(await Contestant.start({ ...entrant, env: { ...features(), ...entrant.env } }))
    for (const server of servers) {
      const start = performance.now()
      await warmUp(server, { connections: size.warmConnections, rooms: size.filledRooms })
      say(`warmed up: ${server.name}, ${((performance.now() - start) / 1_000).toFixed(1)} s`)
    }
    const contest = new Contest<Key>(servers, leavesOut)
    for (const row of rows)
      await contest.#unlessLeftOut(async () => void contest.#cells.set(row, await openCells(row, servers)))
    return contest
  }

  /** Plays rounds over all rows, every server in turn: a busy moment of the machine then spoils a round, not a row. */
  async play(size: Sizes): Promise<Match<Key>> {
    const rounds = new Map<Row, Round<Key>[]>([...this.#cells.keys()].map((row) => [row, []]))
    say(`round 1 of ${size.rounds}, which only warms up`)
    for (const row of rounds.keys())
      if (!(await this.#unlessLeftOut(() => this.#play(row, 0)))) rounds.delete(row)
    const patience = performance.now() + size.patienceMinutes * 60_000
    const disturbance = watchOthers(this.servers.map(({ pid }) => pid))
    for (let number = 1; number < size.rounds; number += 1) {
      say(`round ${number + 1} of ${size.rounds}`)
      for (const [row, played] of rounds) {
        const tries = [await this.#play(row, number)]
        const isSpoilt = () => tries.every(({ disturbed }) => disturbed > tolerable)
        while (tries.length < size.tries && isSpoilt() && performance.now() < patience) {
          tries.push(await this.#play(row, number))
        }
        const [calmest] = tries.sort((a, b) => a.disturbed - b.disturbed)
        if (calmest) played.push(calmest)
      }
    }
    return { rounds, disturbed: disturbance() }
  }

  /** Answers false where a server could not do it, without which the comparison goes on. */
  async #unlessLeftOut(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      if (!(error instanceof CannotPlayError) || !this.#leavesOut(error.server)) throw error
      say(`left out: ${error.message}`)
      return false
    }
  }

  async #play(row: Row, number: number): Promise<Round<Key>> {
    const disturbance = watchOthers(this.servers.map(({ pid }) => pid))
    const diskMs = measureDisk(this.servers.find(({ kind }) => kind === 'durable')?.folder ?? scratch, 100)
    const samples: Record<string, Sample> = {}
    // Another server begins each round, since the first of a round has an idle machine before it.
    const first = number % this.servers.length
    for (const server of [...this.servers.slice(first), ...this.servers.slice(0, first)]) {
      if (!plays(server, row)) continue
      samples[server.key] = await named(row, server, measure(server, this.#cell(row, server)))
    }
    const { otherProcesses, stolen } = disturbance()
    return { samples: samples as Record<Key, Sample>, diskMs, disturbed: otherProcesses + stolen }
  }

  /** Plays the same cells with the profiler on, keeps the profiles in a folder and answers a summary. */
  async profile(): Promise<string> {
    const found: string[] = []
    for (const row of this.#cells.keys()) {
      for (const server of this.servers.filter((one) => plays(one, row))) {
        const cell = this.#cell(row, server)
        await measure(server, cell)
        const folder = `${scratch}/profiles/${row.id}/${server.key}`
        const samples = await server.profile(folder, async () => {
          const all: Sample[] = []
          for (let time = 0; time < 4; time += 1) all.push(await measure(server, cell))
          return all
        })
        const sample = samples.at(-1) as Sample
        const threads = `${(100 * sample.mainShare).toFixed(0)} % of it on the main thread`
        found.push(
          `${row.id}, ${server.name}: ${sample.cpuUs.toFixed(1)} µs a unit, ${threads}\n${describeProfiles(folder)}`,
        )
      }
    }
    return `${found.join('\n\n')}\n\nProfiles for a browser's developer tools: ${scratch}/profiles`
  }

  async close(): Promise<void> {
    await wait(100)
    for (const server of this.servers) await server.stop()
  }

  get isDiskReal(): boolean {
    return !isMemoryOnly(scratch)
  }

  #cell(row: Row, server: Contestant): Cell {
    return this.#cells.get(row)?.get(server.key) as Cell
  }
}
