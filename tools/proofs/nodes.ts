import { spawnSync } from 'node:child_process'
import { pin } from './bench/cpu.ts'
import { commitOf, olderProgram } from './bench/older-build.ts'
import { ourProgram } from './bench/servers.ts'
import { type Figures, type Older, type Part, runNodes } from './nodes/run.ts'
import { sizesOf } from './nodes/shapes.ts'
import { describe } from './nodes/tables.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/server/tsup.config.ts',
  'pnpm-lock.yaml',
  'tools/proofs/bench/*',
  'tools/proofs/nodes*',
  'tools/proofs/stores/two-processes/*',
  ':!**/*.test.ts',
  ':!packages/server/src/testing',
]

interface Run {
  readonly quick: boolean
  /** Whether all servers shared one core, and load, Redis and MongoDB the other. */
  readonly pinned: boolean
  readonly minutes: number
}

/** The commit whose appends are measured beside ours, if one is named. */
function olderOf(name: string | undefined): Older | undefined {
  if (name === undefined || name.startsWith('--')) return undefined
  const commit = commitOf(name)
  return { program: olderProgram(commit), hasRedis: knowsRedis(commit) }
}

/** Whether the executable of a commit takes REDIS_URL. */
function knowsRedis(commit: string): boolean {
  const config = 'packages/server/src/executable/config.ts'
  return spawnSync('git', ['grep', '--quiet', 'redisUrl', commit, '--', config]).status === 0
}

/**
 * What a room costs that is spread over two nodes, and what two nodes that write to one room get done:
 * `pnpm prove nodes`, or `pnpm prove nodes <commit>` to see that commit's appends beside ours.
 */
export async function prove(): Promise<Run & Figures> {
  const quick = process.argv.includes('--quick')
  const start = performance.now()
  const older = olderOf(process.argv[3])
  const only = process.argv.indexOf('--only')
  const pinned = pin(process.pid, 0)
  const figures = await runNodes({
    size: sizesOf(quick ? 'quick' : 'full'),
    ours: ourProgram(),
    older,
    ...(only > 0 && { parts: (process.argv[only + 1] ?? '').split(',') as Part[] }),
    say: (text) => void process.stderr.write(`${text}\n`),
  })
  const minutes = (performance.now() - start) / 60_000
  process.stdout.write(`${describe(figures)}\n\n${minutes.toFixed(1)} minutes\n`)
  const wrong = figures.appends.flatMap(({ details }) => details)
  for (const detail of wrong) process.stdout.write(`WRONG: ${detail}\n`)
  if (wrong.length > 0) process.exitCode = 1
  return { quick, pinned, minutes, ...figures }
}
