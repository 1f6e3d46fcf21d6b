import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, inject, it } from 'vitest'

/** The scripts that a page names itself: the entry, and what it cannot start without. */
const named = /(?:src|href)="\/?(assets\/[^"]+\.js)"/g

it('[DW11] the first load of script is at most 150 kB, compressed', () => {
  const folder = inject('demoPages')
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const sizes = [...page.matchAll(named)].map(
    ([, path = '']) => gzipSync(readFileSync(join(folder, path))).length,
  )
  expect(sizes.length).toBeGreaterThan(1)
  expect(sizes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(150_000)
})
