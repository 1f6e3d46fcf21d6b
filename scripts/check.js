// pnpm check: every check that needs no run of the code, in parallel.
import { run, setUp, tool } from './setup.js'

await setUp()
process.exitCode = await run(
  [
    tool('turbo'),
    'run',
    '//#check:style',
    '//#check:imports',
    '//#check:promises',
    '//#check:rules',
    '//#check:types',
    '//#check:unused',
    'check:pack',
    '--output-logs=errors-only',
    '--continue',
  ],
  { TURBO_TELEMETRY_DISABLED: '1' },
)
