import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { startServer } from '../src/testing/index.ts'

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)]
  .map(([, code = '']) => code)
  .filter((code) => code.includes("from 'socket.io-client'"))

/** Runs a README's example against its own server until it has printed the expected text. */
async function printedBy(code: string, url: string, isEnough: (printed: string) => boolean): Promise<string> {
  // Next to the tests, where the example can import socket.io-client.
  const folder = mkdtempSync(fileURLToPath(new URL('./.example-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'example.mjs')
  writeFileSync(file, code.replaceAll('http://localhost:4000', url))
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    if (isEnough(printed)) break
  }
  return printed
}

it('runs the README’s example with plain socket.io', async () => {
  const server = await startServer()
  onTestFinished(() => server.close())
  const printed = await printedBy(examples[0] ?? '', server.url, (text) => text.includes('Hello, World!'))
  expect(printed).toContain('Welcome')
})

it('runs the README’s example in the current dialect', async () => {
  const server = await startServer()
  onTestFinished(() => server.close())
  const isEnough = (text: string) => text.includes('success 1') && text.includes('room:lobby')
  expect(await printedBy(examples[1] ?? '', server.url, isEnough)).toContain("message_data: 'Hello, World!'")
})
