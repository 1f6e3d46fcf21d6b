import { embeddedStore } from '../../packages/server/src/stores/embedded/index.ts'
import { measureCloses } from './line-cost/closes.ts'
import { measureReach } from './line-cost/reach.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/line-cost*',
  ':!**/*.test.ts*',
]

/** Everybody who waits knows of it by then. */
const mostMs = 1_000
/** A close beside many open tickets against one beside ten. */
const mostRatio = 2

/** How soon everybody who waits knows that their line has moved, and what a close costs beside many open tickets. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const store = await embeddedStore({ path: ':memory:' })
  const reach = await measureReach(store, isQuick ? 20 : 200, isQuick ? 2 : 10)
  console.table(reach)
  const closes = await measureCloses(isQuick ? [10, 1_000] : [10, 1_000, 50_000], isQuick ? 50 : 300)
  console.table(closes)
  const least = closes[0]?.medianMs ?? 0
  report([
    ...reach
      .filter((one) => one.mostMs > mostMs)
      .map(({ what, mostMs: ms }) => `${what} is known after ${ms} ms`),
    ...closes
      .filter(({ medianMs }) => medianMs > mostRatio * least)
      .map(({ open, medianMs }) => `a close beside ${open} takes ${medianMs} ms, beside 10 ${least} ms`),
  ])
  return { quick: isQuick, reach, closes }
}

function report(problems: readonly string[]): void {
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
