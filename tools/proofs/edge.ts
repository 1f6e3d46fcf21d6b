import { silent } from './edge/silent.ts'
import { storm } from './edge/storm.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/edge*',
  ':!**/*.test.ts*',
]

const mostBackS = 15
const mostGoneS = 12

/** Clients that come back together, and connections that say nothing. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const figures = {
    storm: await storm(isQuick ? 700 : 2_000),
    silent: await silent(isQuick ? 1_200 : 5_000),
  }
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
  const problems = [
    figures.storm.back_s.all > mostBackS && `Not all were back within ${mostBackS} s`,
    figures.silent.let_in !== 1_000 && 'An address had another number of connections than its limit',
    figures.silent.all_gone_s > mostGoneS && `Not all that said nothing were gone within ${mostGoneS} s`,
  ].filter((problem) => problem !== false)
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
  return { quick: isQuick, ...figures }
}
