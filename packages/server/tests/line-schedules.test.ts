import { expect, it } from 'vitest'
import { runSchedules } from './support/line/run-schedules.ts'

// `pnpm prove line-schedules` runs 10,000.
it('[LN20] loses no ticket, keeps the order and leaves nothing with those who are gone, in any schedule', async () => {
  expect(await runSchedules(1, 60, 30)).toEqual([])
})
