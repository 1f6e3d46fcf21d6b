import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { storeCases } from '../src/testing/index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const files = [...readme.matchAll(/```js\n\/\/ (\S+)\n(.*?)```/gs)]

// Replaces the reader's own store.
const myStore = `
import { mainThreadStore } from '../../src/testing/broken-stores/main-thread-store.ts'
export const openMyStore = mainThreadStore()
`

it('runs the README’s example of how a driver is tested', { timeout: 300_000 }, async () => {
  // Next to the tests, where the example can import the package by name.
  const folder = mkdtempSync(fileURLToPath(new URL('./.example-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [, name = '', code = ''] of files) writeFileSync(join(folder, name), code)
  writeFileSync(join(folder, 'my-store.js'), myStore)
  const source = '--conditions=@dowellchat/source --import tsx'
  const child = spawn(process.execPath, ['--test', join(folder, 'my-store.test.js')], {
    env: { ...process.env, NODE_OPTIONS: source },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  let printed = ''
  for await (const chunk of child.stdout) printed += String(chunk)
  const alone = storeCases.filter(({ shares }) => !shares)
  expect(printed).toMatch(new RegExp(`# pass ${alone.length}\\b`))
  expect(printed).toMatch(/# fail 0\b/)
})
