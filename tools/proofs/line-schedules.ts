import { runSchedules } from '../../packages/server/tests/support/line/run-schedules.ts'
import { commitSeed } from './support/commit-seed.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/server/tests/support/line',
  'pnpm-lock.yaml',
  'tools/proofs/line-schedules*',
  ':!**/*.test.ts',
]

const sizes = { full: { schedules: 10_000, steps: 30 }, quick: { schedules: 100, steps: 30 } }

/**
 * Random schedules of agents who come, go, claim, close and die with their server: none loses a ticket, leaves one with somebody who is
 * away beyond the grace period, or serves anybody out of turn. Seeds come from the commit's hash.
 */
export async function prove() {
  const quick = process.argv.includes('--quick')
  const { schedules, steps } = quick ? sizes.quick : sizes.full
  const seed = commitSeed()
  const began = performance.now()
  const faults = await runSchedules(seed, schedules, steps)
  const seconds = Math.round((performance.now() - began) / 1_000)
  console.dir({ schedules, steps, seed, seconds, faults })
  for (const fault of faults) process.stdout.write(`WRONG: ${fault}\n`)
  if (faults.length > 0) process.exitCode = 1
  return { quick, schedules, steps, seed, seconds, faults }
}
