import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, inject, it } from 'vitest'

/** The scripts that a file names itself. */
const named = /assets\/[\w-]+\.js/g

it('[DW11] the first load of script is at most 150 kB, compressed', () => {
  const folder = inject('demoPages')
  const read = (path: string) => readFileSync(join(folder, path), 'utf8')
  const namedIn = (path: string) => read(path).match(named) ?? []
  const page = namedIn('index.html')
  // What the entry asks for next, at once.
  const files = new Set([...page, ...page.filter((path) => /index-/.test(path)).flatMap(namedIn)])
  expect([...files].filter((path) => /main-/.test(path))).toHaveLength(1)
  const sizes = [...files].map((path) => gzipSync(read(path)).length)
  expect(sizes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(150_000)
})
