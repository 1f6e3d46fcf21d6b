import { measureReaders } from './sdk-cost/readers.ts'

export const measured = [
  'packages/protocol/src',
  'packages/client/src',
  'pnpm-lock.yaml',
  'tools/proofs/sdk-cost*',
  ':!**/*.test.ts*',
]

/** A message beside many loaded ones against the same beside 50, and at most. */
const mostRatio = 2
const mostMs = 0.3

/** What one more message costs a reader in the SDK, in a room with 50 and with many loaded. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const plan = isQuick ? { rounds: 3, messages: 200 } : { rounds: 9, messages: 1_000 }
  const readers = await measureReaders(isQuick ? [50, 1_000, 5_000] : [50, 5_000, 40_000], plan)
  console.table(readers)
  const least = readers[0]?.followedMs ?? 0
  report(
    readers.flatMap(({ loaded, followedMs, readMs }) => [
      ...(followedMs > least * mostRatio ? [`${(followedMs / least).toFixed(2)} × beside ${loaded}`] : []),
      ...(Math.max(followedMs, readMs) > mostMs
        ? [`${Math.max(followedMs, readMs)} ms beside ${loaded}`]
        : []),
    ]),
  )
  return { quick: isQuick, readers }
}

function report(problems: readonly string[]): void {
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
