import { type LongListFigures, measureLongList } from './sdk-cost/long-list.ts'
import { measureReaders, type ReaderFigures } from './sdk-cost/readers.ts'

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
/** What is kept by default. A page that keeps more pays for reading a longer list, which is measured too. */
const keptByDefault = 5_000

/** What one more message costs a reader in the SDK, beside 50 and many loaded ones, and a page that shows them. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const plan = isQuick ? { rounds: 3, messages: 200 } : { rounds: 9, messages: 1_000 }
  const readers = await measureReaders(isQuick ? [50, 1_000, 5_000] : [50, 5_000, 40_000], plan)
  console.table(readers)
  const page = await measureLongList(isQuick ? 5 : 30)
  console.table([page.idle, page.busy])
  report([...readers.flatMap((one) => wrongIn(one, readers[0] ?? one)), ...wrongInPage(page)])
  return { quick: isQuick, readers, page }
}

function wrongIn({ loaded, followedMs, readMs }: ReaderFigures, least: ReaderFigures): string[] {
  const ratio = followedMs / least.followedMs
  const most = loaded > keptByDefault ? followedMs : Math.max(followedMs, readMs)
  return [
    ...(ratio > mostRatio ? [`${ratio.toFixed(2)} × beside ${loaded}`] : []),
    ...(most > mostMs ? [`${most} ms beside ${loaded}`] : []),
  ]
}

function wrongInPage({ loaded, messages, idle, busy }: LongListFigures): string[] {
  return [
    ...(loaded < keptByDefault ? [`The page had ${loaded} rows`] : []),
    ...(busy.longTasks > idle.longTasks ? [`${busy.longTasks} long tasks, ${idle.longTasks} idle`] : []),
    ...(busy.rowRenders > messages * 2
      ? [`${busy.rowRenders} rows were rendered for ${messages} messages`]
      : []),
  ]
}

function report(problems: readonly string[]): void {
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
