import { loadavg } from 'node:os'
import { pathToFileURL } from 'node:url'
import { describeDatabase } from './stores/describe-database.ts'
import { readOptions, sizes } from './stores/options.ts'
import { type Part, parts } from './stores/parts.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/server/tsup.config.ts',
  'pnpm-lock.yaml',
  'tools/proofs/stores*',
  // What it shares with the bench and with the tests.
  ...['cpu', 'ids', 'raw-socket', 'statistics'].map((name) => `tools/proofs/bench/${name}.ts`),
  ...['bad-disk', 'digests', 'executable-process', 'mongo-process', 'programs', 'store-writer'].map(
    (name) => `packages/server/tests/support/${name}.ts`,
  ),
  ':!**/*.test.ts',
]

interface PartFigures {
  readonly part: string
  readonly seconds: number
  /** The machine's load average before the part. */
  readonly loadBefore: number
  readonly problems: readonly string[]
  readonly figures: readonly unknown[]
}

export interface Figures {
  readonly quick: boolean
  /** The server behind `mongo`. */
  readonly mongo: string
  readonly minutes: number
  readonly parts: readonly PartFigures[]
}

/**
 * Checks both stores: no message is lost, doubled or disordered by kills, failing disks or several servers. Measures their
 * speed too. A wrong result fails the proof; a slow one never does.
 */
export async function prove(): Promise<Figures> {
  const options = readOptions()
  const size = sizes(options)
  const mongo = options.drivers.includes('mongo') ? await describeDatabase() : 'none'
  const wanted = parts.filter(({ id }) => options.only.length === 0 || options.only.includes(id))
  const done: PartFigures[] = []
  for (const part of wanted) done.push(await run(part, options.drivers, size))
  const problems = done.flatMap((part) => part.problems)
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
  const minutes = done.reduce((sum, { seconds }) => sum + seconds, 0) / 60
  process.stdout.write(`mongo is ${mongo}\n${problems.length} problems, ${minutes.toFixed(1)} minutes\n`)
  return { quick: options.quick, mongo, minutes, parts: done }
}

async function run(
  { id, title, run }: Part,
  drivers: ReturnType<typeof readOptions>['drivers'],
  size: ReturnType<typeof sizes>,
): Promise<PartFigures> {
  const start = performance.now()
  const [loadBefore = Number.NaN] = loadavg()
  const { figures, problems, text } = await run(drivers, size).catch((error: unknown) => ({
    figures: [],
    problems: [`${id} could not be finished: ${error instanceof Error ? error.stack : String(error)}`],
    text: '',
  }))
  const seconds = (performance.now() - start) / 1_000
  process.stdout.write(
    `${title} (${seconds.toFixed(0)} s, load before ${loadBefore.toFixed(1)})\n${text}\n\n`,
  )
  return { part: id, seconds, loadBefore, problems, figures }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await prove()
