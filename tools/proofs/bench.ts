import { rmSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { Contest } from './bench/contest.ts'
import { pin, stayAwake } from './bench/cpu.ts'
import type { Disturbance } from './bench/disturbance.ts'
import { countFsyncs } from './bench/fsyncs.ts'
import { measureMemory } from './bench/idle-memory.ts'
import { isWanted, type Options, readOptions, type Sizes, sizes } from './bench/options.ts'
import { asTable, type Contender, judge, type Result, resultOf } from './bench/results.ts'
import type { Row } from './bench/row.ts'
import { tableRows } from './bench/rows.ts'
import {
  bareProgram,
  type Entrant,
  floorProgram,
  ourProgram,
  type Program,
  scratch,
} from './bench/servers.ts'
import { type Spread, spread } from './bench/statistics.ts'

export { measured } from './bench/measured.ts'

const nothing: Spread = spread([])

/** How calm the machine was; empty where no row was played. */
interface Circumstances {
  /** The time to overwrite 4 KiB and fdatasync, before each row. */
  readonly diskMs?: Spread
  readonly disturbed?: Disturbance
  /** The same share over the rounds that count; disturbed ones were played again while there was time. */
  readonly disturbedRounds?: Spread
}

export interface Figures extends Circumstances {
  readonly program: 'build' | 'source' | 'bare (control)'
  readonly quick: boolean
  readonly pinned: boolean
  readonly minutes: number
  readonly rounds: number
  readonly results: readonly Result[]
}

/** What is measured against bare; the control measures bare against itself. */
function programOf({ control }: Options): Program {
  return control ? bareProgram : ourProgram()
}

function entrants(options: Options, rows: readonly Row[]): Entrant<Contender>[] {
  const ours = programOf(options)
  const floor: Entrant<Contender>[] = [
    { key: 'floor memory', kind: 'memory', program: floorProgram },
    { key: 'floor durable', kind: 'durable', program: floorProgram },
  ]
  return [
    { key: 'bare', kind: 'bare', program: bareProgram },
    { key: 'memory', kind: 'memory', program: ours },
    { key: 'durable', kind: 'durable', program: ours },
    ...(rows.some(({ hasFloor }) => hasFloor) ? floor : []),
  ]
}

async function memoryResults(size: Sizes, options: Options): Promise<Result[]> {
  const ours = programOf(options)
  const lines = await measureMemory({ rounds: size.memoryRounds, connections: size.idleConnections, ours })
  return lines.map(({ of, oursKiB, bareKiB, ratio }) => {
    const title = 'memory of an idle connection in a room'
    const measured = {
      row: 'memory',
      title,
      mode: 'memory',
      of,
      unit: 'KiB',
      ours: oursKiB,
      bare: bareKiB,
      compared: ratio,
    }
    return judge(measured, { bar: 1.15, prototype: '1.14', reach: '1.05' })
  })
}

async function fsyncResults(size: Sizes): Promise<Result[]> {
  const each = await countFsyncs(size.fsyncMessages, ourProgram())
  if (each === null) {
    process.stderr.write('no strace here: fsyncs are not counted\n')
    return []
  }
  const counted = spread([each])
  const title = 'accepted message, 64 in flight'
  const measured = {
    row: 'fsyncs',
    title,
    mode: 'durable',
    of: 'fsyncs',
    unit: '/message',
    ours: counted,
    bare: nothing,
    compared: counted,
  }
  return [judge(measured, { bar: 0.05, prototype: '0.016' })]
}

async function contestResults(
  size: Sizes,
  options: Options,
): Promise<Pick<Figures, 'results'> & Circumstances> {
  const rows = tableRows(size).filter(({ id }) => isWanted(id, options))
  if (rows.length === 0) return { results: [] }
  const contest = await Contest.open(rows, size, entrants(options, rows))
  if (!contest.isDiskReal) process.stderr.write(`${scratch} is only memory: durable rows mean nothing\n`)
  if (options.profile) process.stdout.write(`${await contest.profile()}\n`)
  const { rounds, disturbed } = await contest.play(size)
  await contest.close()
  const results = rows.flatMap((row) => row.lines.map((line) => resultOf(row, line, rounds.get(row) ?? [])))
  const all = [...rounds.values()].flat()
  return {
    results,
    disturbed,
    disturbedRounds: spread(all.map((round) => round.disturbed)),
    diskMs: spread(all.map(({ diskMs }) => diskMs)),
  }
}

/**
 * Runs the table of rows against a bare socket.io server, prints it and answers its figures. The floor is a server that only
 * stores and sends what ours does: what no row can go below.
 */
export async function prove(): Promise<Figures> {
  const options = readOptions()
  const size = sizes(options)
  const start = performance.now()
  const pinned = pin(process.pid, 0)
  const sleep = stayAwake()
  const program: Figures['program'] = options.control ? 'bare (control)' : ourProgram().how
  const { results: contested, ...circumstances } = await contestResults(size, options)
  const memory = isWanted('memory', options) ? await memoryResults(size, options) : []
  const fsyncs = isWanted('fsyncs', options) && !options.control ? await fsyncResults(size) : []
  const results = [...contested, ...memory, ...fsyncs]
  sleep()
  if (!options.profile) rmSync(scratch, { recursive: true, force: true })

  const minutes = (performance.now() - start) / 60_000
  const figures = {
    program,
    quick: options.quick,
    pinned,
    minutes,
    rounds: size.rounds - 1,
    ...circumstances,
    results,
  }
  process.stdout.write(`${describe(figures)}\n`)
  return figures
}

function describe(figures: Figures): string {
  const {
    program,
    quick,
    pinned,
    minutes,
    rounds,
    diskMs = nothing,
    disturbed,
    disturbedRounds = nothing,
  } = figures
  const percent = (share = 0) => `${(100 * share).toFixed(1)} %`
  return [
    asTable(figures.results),
    '',
    `Medians of ${rounds} rounds${quick ? ', quick' : ''}, ${minutes.toFixed(1)} minutes. Our server: ${program}.`,
    pinned ? 'Servers share a core, the load has the other.' : 'Not pinned to cores: expect noise.',
    `4 KiB overwritten + fdatasync: p50 ${diskMs.median.toFixed(2)} ms (${diskMs.min.toFixed(2)}–${diskMs.max.toFixed(2)}).`,
    `Others took ${percent(disturbed?.otherProcesses)} of the machine, its host ${percent(disturbed?.stolen)};`,
    `of the rounds that count ${percent(disturbedRounds.median)}, at worst ${percent(disturbedRounds.max)}.`,
  ].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await prove()
