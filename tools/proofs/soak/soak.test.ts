import { expect, it } from 'vitest'
import { soak } from './soak.ts'
import { wrongsOf } from './wrongs.ts'

// The short form of `pnpm prove soak`.
it('a server uses no more after a second crowd with attackers than after the first', {
  timeout: 300_000,
}, async () => {
  const soaked = await soak({
    program: 'source',
    seed: 1,
    warmUpMs: 2_000,
    loadMs: 3_000,
    quietMs: 500,
    graceMs: 20_000,
    attackMs: 1_500,
    awayMs: 200,
    onProgress: () => undefined,
  })
  expect(wrongsOf(soaked), soaked.failureSamples.join('\n')).toEqual([])
  expect(soaked.acknowledged).toBeGreaterThan(20)
  expect(Object.values(soaked.attacks).filter(({ connections }) => connections > 0)).not.toEqual([])
})
