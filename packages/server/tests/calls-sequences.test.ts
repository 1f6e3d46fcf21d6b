import { expect, it } from 'vitest'
import { runSequences } from './support/calls/run-sequences.ts'

// `pnpm prove calls` runs 10,000.
it('[CA19] leaves nobody in two calls, and nothing ringing, whatever three people do with six devices', async () => {
  expect(await runSequences(1, 120, 14)).toEqual([])
})
