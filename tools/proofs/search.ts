import { type AppendFigures, measureAppends } from './search/appends.ts'
import { type LatencyFigures, measureLatency } from './search/latency.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/search*',
  ':!**/*.test.ts',
]

const sizes = {
  full: {
    latency: { messages: 1_000_000, rooms: 1_000, tickets: 500, authors: 1_000, searches: 3_600 },
    // Many short pairs: what else a machine does changes within seconds.
    appends: { rounds: 25, seconds: 3, senders: 20, perSecond: 500, counted: 50_000 },
  },
  quick: {
    latency: { messages: 20_000, rooms: 100, tickets: 20, authors: 100, searches: 360 },
    appends: { rounds: 2, seconds: 2, senders: 10, perSecond: 200, counted: 5_000 },
  },
}
const seed = 17
const mostMs = 50
const mostRatio = 1.2

/**
 * How long searches take through a server over a million messages in the embedded store, of people in few rooms and in many;
 * and what appends cost with search and without.
 */
export async function prove() {
  const quick = process.argv.includes('--quick')
  const size = quick ? sizes.quick : sizes.full
  const appends = await measureAppends(size.appends, seed)
  console.dir(appends, { depth: 4 })
  const latency = await measureLatency(size.latency, seed)
  console.dir(latency, { depth: 4 })
  const problems = problemsOf(latency, appends)
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
  return { quick, seed, size, appends, latency, problems }
}

function problemsOf({ all }: LatencyFigures, { ratio }: AppendFigures): string[] {
  const problems: string[] = []
  if (all.most99 > mostMs) problems.push(`99 of 100 searches took up to ${all.most99} ms`)
  if (all.found === 0) problems.push('No search found anything')
  if (ratio.median > mostRatio)
    problems.push(`Half of the messages took ${ratio.median.toFixed(2)} times as long with search`)
  return problems
}
