import { type Fuzzed, type FuzzOptions, fuzz } from './fuzz/fuzz.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/fuzz*',
  ':!**/*.test.ts*',
]

const plants = ['throw', 'exit', 'rejection', 'block', 'leak'] as const
/** More bytes a frame than this are a leak; at a million frames it is 20 MiB. */
const mostHeapSlope = 20

/** A million generated frames, half of them under limits raised a thousandfold; then mistakes that the same run must find. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const frames = isQuick ? 20_000 : 500_000
  const seed = Number(process.env.FUZZ_SEED ?? 1)
  const onProgress = (text: string) => void process.stderr.write(`${text}\n`)
  const runs: ({ limits: FuzzOptions['limits'] } & Fuzzed)[] = []
  for (const limits of ['default', 'raised'] as const)
    runs.push({ limits, ...(await fuzz({ frames, seed, limits, onProgress })) })
  const found: Record<string, string | undefined> = {}
  for (const plant of plants) {
    const size = plant === 'leak' ? 50_000 : 20_000
    const { problems, heapSlope } = await fuzz({ frames: size, seed, limits: 'raised', plant, onProgress })
    const leak =
      heapSlope > mostHeapSlope ? `The heap grows by ${Math.round(heapSlope)} bytes a frame` : undefined
    found[plant] = (problems[0] ?? leak)?.slice(0, 200)
  }
  console.table(
    runs.map(({ problems, heapMiB: _, canary, ...run }) => ({
      ...run,
      p99Ms: canary.p99Ms,
      problems: problems.length,
    })),
  )
  console.table(found)
  const wrong = [
    ...runs.flatMap(({ limits, problems }) => problems.map((one) => `${limits}: ${one}`)),
    ...runs
      .filter(({ heapSlope }) => !isQuick && heapSlope > mostHeapSlope)
      .map(({ limits }) => `${limits}: the heap grows`),
    ...runs
      .filter(({ limits, handled, stored }) => limits === 'raised' && (handled < 0.3 || stored < 0.05))
      .map(() => 'Too few frames reach a handler or the store'),
    ...plants
      .filter((plant) => found[plant] === undefined)
      .map((plant) => `The planted fault ${plant} was not found`),
  ]
  for (const problem of wrong) process.stdout.write(`WRONG: ${problem}\n`)
  if (wrong.length > 0) process.exitCode = 1
  return { quick: isQuick, seed, runs, found }
}
