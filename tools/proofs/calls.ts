import { execFileSync } from 'node:child_process'
import { runSequences } from '../../packages/server/tests/support/calls/run-sequences.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/server/tests/support/calls',
  'pnpm-lock.yaml',
  'tools/proofs/calls*',
  ':!**/*.test.ts',
]

const sizes = { full: { sequences: 10_000, steps: 20 }, quick: { sequences: 100, steps: 20 } }

/**
 * Random sequences of what three people do with two devices each: nobody is in two calls that were answered, nothing rings or waits
 * for ever, and everybody hears one reason for an end. Seeds come from the commit's hash.
 */
export async function prove() {
  const quick = process.argv.includes('--quick')
  const { sequences, steps } = quick ? sizes.quick : sizes.full
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' })
  const seed = Number.parseInt(commit.slice(0, 6), 16)
  const began = performance.now()
  const faults = await runSequences(seed, sequences, steps)
  const seconds = Math.round((performance.now() - began) / 1_000)
  console.dir({ sequences, steps, seed, seconds, faults })
  for (const fault of faults) process.stdout.write(`WRONG: ${fault}\n`)
  if (faults.length > 0) process.exitCode = 1
  return { quick, sequences, steps, seed, seconds, faults }
}
