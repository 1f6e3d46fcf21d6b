import { runSequences } from '../../packages/server/tests/support/calls/run-sequences.ts'
import { commitSeed } from './support/commit-seed.ts'
import { runTests } from './support/run-tests.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/client/src/calls',
  'packages/server/tests/support/calls',
  'pnpm-lock.yaml',
  'tools/proofs/calls*',
  ':!**/*.test.ts',
]

const sizes = { full: { sequences: 10_000, steps: 24 }, quick: { sequences: 100, steps: 24 } }

/** The tests that take longer here: more rounds, longer cuts, credentials that expire. */
const tests = [
  'packages/server/src/requests/handlers/calls-lifecycle.test.ts',
  'packages/server/src/requests/handlers/calls-signals.test.ts',
  'packages/server/tests/calls-nodes.test.ts',
  'packages/client/src/calls/calls-cuts.test.ts',
  'packages/client/src/calls/calls-hold.test.ts',
  'packages/client/src/calls/calls-reload.test.ts',
  'packages/client/src/calls/calls-relay.test.ts',
  'packages/client/src/calls/calls-v2.test.ts',
  'packages/client/tests/calls-killed-server.test.ts',
]

/**
 * Random sequences of what three people do with two devices each: nobody is in two calls that were answered, nothing rings or waits
 * for ever, and everybody hears one reason for an end. Then the tests of calls, longer than in `npm test`: a thousand calls that
 * five devices answer at once, five hundred pairs who cross, V2 pages and our SDK twenty times each way, cuts of 14 s, and a
 * relay whose credentials expire. Seeds come from the commit's hash.
 */
export async function prove() {
  const quick = process.argv.includes('--quick')
  const { sequences, steps } = quick ? sizes.quick : sizes.full
  const seed = commitSeed()
  const began = performance.now()
  const faults = await runSequences(seed, sequences, steps)
  const sequencesSeconds = Math.round((performance.now() - began) / 1_000)
  console.dir({ sequences, steps, seed, sequencesSeconds, faults })
  for (const fault of faults) process.stdout.write(`WRONG: ${fault}\n`)
  if (faults.length > 0) process.exitCode = 1
  const run = runTests(
    ['--project=alone', '--project=client', '--project=server', '--typecheck.enabled=false', ...tests],
    quick ? {} : { CALL_PROOF: '1' },
  )
  const seconds = Math.round((performance.now() - began) / 1_000)
  return { quick, sequences, steps, seed, sequencesSeconds, faults, tests: run, seconds }
}
