import { expect, it } from 'vitest'
import { fuzz } from './fuzz.ts'

const seed = 1

it('[HO1] lives through generated frames, most of which its limits refuse', {
  timeout: 300_000,
}, async () => {
  const { problems, canary, sent } = await fuzz({ frames: 1_000, seed, limits: 'default' })
  expect(problems).toEqual([])
  expect(sent).toBeGreaterThanOrEqual(1_000)
  expect(canary.asked).toBeGreaterThan(0)
})

it('[HO1] lives through those that reach its handlers and its store', { timeout: 300_000 }, async () => {
  const { problems, handled, stored } = await fuzz({ frames: 2_500, seed, limits: 'raised' })
  expect(problems).toEqual([])
  expect(handled).toBeGreaterThan(0.3)
  expect(stored).toBeGreaterThan(0.05)
})

it.each([
  ['throw', /A request failed: .*TypeError.*Planted/],
  // SQLite's thread may be at work when the process ends, and abort it.
  ['exit', /It ended \((1|SIGABRT)\).*Planted: nobody catches this/s],
] as const)(
  '[HO2] would be found out if one of its methods would %s',
  { timeout: 300_000 },
  async (plant, problem) => {
    const { problems } = await fuzz({ frames: 20_000, seed, limits: 'raised', plant })
    expect(problems).toContainEqual(expect.stringMatching(problem))
  },
)
