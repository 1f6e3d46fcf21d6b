import { rmSync } from 'node:fs'
import { asTable, type Comparison, compare, comparisonOf, entrants, type Values } from './bench/against.ts'
import { Contest } from './bench/contest.ts'
import { pin, stayAwake } from './bench/cpu.ts'
import type { Disturbance } from './bench/disturbance.ts'
import { countFsyncs } from './bench/fsyncs.ts'
import { type IdleMemory, measureIdle } from './bench/idle-memory.ts'
import { commitOf, olderProgram } from './bench/older-build.ts'
import { isWanted, type Options, readOptions, type Sizes, sizes } from './bench/options.ts'
import { tableRows } from './bench/rows.ts'
import { bareProgram, type Contestant, ourProgram, type Program, scratch } from './bench/servers.ts'

export { measured } from './bench/measured.ts'

interface Programs {
  readonly ours: Program
  readonly older: Program
}

export interface Figures {
  readonly against: string
  readonly quick: boolean
  readonly pinned: boolean
  readonly minutes: number
  readonly rounds: number
  readonly disturbed: Disturbance | undefined
  readonly worse: readonly string[]
  readonly lines: readonly Comparison[]
}

/**
 * Measures the working tree's server and that of another commit in the same rounds, beside the same bare server:
 * `pnpm prove bench-against <commit>`. Fails where a row has become worse; rows that the older one cannot play are left out.
 */
export async function prove(): Promise<Figures> {
  const options = readOptions()
  // After the name of the proof comes the commit.
  const against = commitOf(process.argv[3] ?? '')
  const programs = { ours: ourProgram(), older: olderProgram(against) }
  const size = sizes(options)
  const start = performance.now()
  const pinned = pin(process.pid, 0)
  const sleep = stayAwake()
  const { lines: contested, disturbed } = await playRows(programs, size, options)
  const memory = isWanted('memory', options) ? await compareMemory(programs, size) : []
  const fsyncs = isWanted('fsyncs', options) ? await compareFsyncs(programs, size) : []
  sleep()
  rmSync(scratch, { recursive: true, force: true })
  const lines = [...contested, ...memory, ...fsyncs]
  const worse = lines.filter(({ isWorse }) => isWorse).map(({ row, mode, of }) => `${row}, ${mode}, ${of}`)
  const minutes = (performance.now() - start) / 60_000
  const rounds = size.rounds - 1
  const figures = { against, quick: options.quick, pinned, minutes, rounds, disturbed, worse, lines }
  process.stdout.write(`${describe(figures)}\n`)
  if (worse.length > 0) process.exitCode = 1
  return figures
}

const isOlder = ({ key, isBare }: Contestant): boolean => !isBare && !key.startsWith('new')

async function playRows(
  { ours, older }: Programs,
  size: Sizes,
  options: Options,
): Promise<Pick<Figures, 'lines' | 'disturbed'>> {
  const rows = tableRows(size).filter(({ id }) => isWanted(id, options))
  if (rows.length === 0) return { lines: [], disturbed: undefined }
  const contest = await Contest.open(rows, size, entrants(ours, older), isOlder)
  const { rounds, disturbed } = await contest.play(size)
  await contest.close()
  const lines = [...rounds].flatMap(([row, played]) =>
    row.lines.map((line) => comparisonOf(row, line, played)),
  )
  return { lines, disturbed }
}

async function compareMemory({ ours, older }: Programs, size: Sizes): Promise<Comparison[]> {
  const rounds: Record<keyof Values, IdleMemory>[] = []
  for (let n = 0; n < size.memoryRounds; n += 1) {
    const idle = (program: Program) => measureIdle(program, size.idleConnections)
    const [bare, old] = [await idle(bareProgram), await idle(older)]
    rounds.push({ bare, old, new: await idle(ours), again: await idle(older) })
  }
  const title = 'memory of an idle connection in a room'
  return (['resident', 'heap'] as const).map((of) =>
    compare(
      { row: 'memory', title, mode: 'memory', of, unit: 'KiB' },
      rounds.map(({ bare, old, new: ours, again }) => ({
        bare: bare[of],
        old: old[of],
        new: ours[of],
        again: again[of],
      })),
    ),
  )
}

async function compareFsyncs({ ours, older }: Programs, size: Sizes): Promise<Comparison[]> {
  const count = (program: Program) => countFsyncs(size.fsyncMessages, program)
  const counted = [await count(older), await count(ours), await count(older)]
  const [old = null, newest = null, again = null] = counted
  if (old === null || newest === null || again === null) return []
  const title = 'accepted message, 64 in flight'
  const named = { row: 'fsyncs', title, mode: 'durable', of: 'fsyncs', unit: '/message' }
  return [compare(named, [{ bare: Number.NaN, old, new: newest, again }])]
}

function describe({ against, quick, minutes, rounds, disturbed, worse, lines }: Figures): string {
  const others = (100 * (disturbed?.otherProcesses ?? 0)).toFixed(1)
  return [
    asTable(lines),
    '',
    `Medians of ${rounds} rounds${quick ? ', quick' : ''}, ${minutes.toFixed(1)} minutes, against ${against}.`,
    `Ratios above 1 are worse. Others took ${others} % of the machine.`,
    worse.length === 0 ? 'No row is worse.' : `Worse: ${worse.join('; ')}.`,
  ].join('\n')
}
