import { expect, inject, it } from 'vitest'
import { bars, measureSizes } from './sizes.ts'

it('loads no more than it may until the first message, and the rest on demand', async () => {
  const { core, 'core + hooks': hooks, 'on demand': later } = await measureSizes(inject('react19'))
  expect(core.gzipped).toBeLessThanOrEqual(bars.core.most)
  expect(hooks.gzipped).toBeLessThanOrEqual(bars['core + hooks'].most)
  expect(Object.keys(core.largest)).toContain('@dowellchat/client')
  expect(later.gzipped).toBeGreaterThan(5_000)
})
