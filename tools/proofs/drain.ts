import { comeBack } from './drain/comebacks.ts'
import { stopUnderLoad } from './drain/under-load.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/client/src',
  'pnpm-lock.yaml',
  'tools/proofs/drain*',
  ':!**/*.test.ts*',
]

/** How much busier than the others the busiest second may be in which clients come back. */
const mostRatio = 1.5

/**
 * Stops servers: a hundred times under 64 senders, all of whose requests must be answered or found once when they are
 * repeated; and once with 1,000 clients, who must come back at another server one after the other.
 */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const size = isQuick ? { runs: 5, clients: 40 } : { runs: 100, clients: 500 }
  const program = isQuick ? 'source' : 'build'
  const load = await stopUnderLoad({ program, runs: size.runs, senders: 64, seed: 1 })
  console.table([load].map(({ problems, exitMs, ...figures }) => ({ ...figures, mostExitMs: exitMs.most })))
  const comebacks = await comeBack({ program, plain: size.clients, sdk: size.clients })
  console.table([comebacks].map(({ problems, darkMs, ...figures }) => ({ ...figures, ...darkMs })))
  const problems = [...comebacks.problems, ...load.problems]
  const { back, level, plain, sdk, ratio } = comebacks
  if (back < plain + sdk) problems.push(`${back} of ${plain + sdk} are back`)
  if (level < sdk) problems.push(`${level} of ${sdk} are level`)
  // A few clients are back within two seconds, of which one is always busier.
  if (!isQuick && ratio > mostRatio) problems.push(`The busiest second has ${ratio} times the mean`)
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
  return { quick: isQuick, comebacks, load }
}
