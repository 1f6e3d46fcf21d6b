import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { builtWidget } from '../testing/widget-page.ts'

const gzipped = (path: string): number => gzipSync(readFileSync(path), { level: 9 }).length

/** The files that a file imports, and that one itself. Those that are loaded later are not among them. */
function importedBy(folder: string, name: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  const text = readFileSync(join(folder, name), 'utf8')
  for (const [, path = ''] of text.matchAll(/(?:from|import)"(\.\.?\/[^"]+)"/g))
    importedBy(folder, join(name, '..', path), found)
  return found
}

it('[WI1] costs a page a few kB until it is opened, and its weight is known', async () => {
  const folder = await builtWidget()
  const names = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.js'))
  const opened = [...importedBy(folder, 'widget/app.js')].map((name) => gzipped(join(folder, name)))
  const sizes = {
    bubble: gzipped(join(folder, 'widget.js')),
    opened: opened.reduce((total, size) => total + size, 0),
    all: names.reduce((total, name) => total + gzipped(join(folder, name)), 0),
  }
  console.info('widget, gzipped bytes', sizes)
  expect(sizes.bubble).toBeLessThanOrEqual(5_000)
  expect(sizes.opened).toBeLessThanOrEqual(60_000)
})
