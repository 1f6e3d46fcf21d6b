import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { protocolVersion } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { openSocket } from '../src/testing/test-socket.ts'

const guide = readFileSync(new URL('../../../docs/guides/metadata.md', import.meta.url), 'utf8')
const [, example = ''] = /```js\n(.*?)```/s.exec(guide) ?? []

/** Runs the guide's server until it says where it listens. */
async function startExample(): Promise<string> {
  // Next to the tests, where the example can import the packages by name.
  const folder = mkdtempSync(fileURLToPath(new URL('./.example-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'server.mjs')
  writeFileSync(file, example)
  const child = spawn(process.execPath, ['--conditions=@dowellchat/source', '--import', 'tsx', file], {
    env: { ...process.env, DATA_DIR: ':memory:', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    const [, url] = /Listening on (\S+)/.exec(printed) ?? []
    if (url) return url
  }
  throw new Error(`The example ended: ${printed}`)
}

it('[TD14] runs the guide’s server, which checks what it says', async () => {
  const identity = { workspace_id: 'acme', api_key: 'a-long-random-key-of-your-workspace', user_id: 'ann' }
  const auth = { protocol: protocolVersion, device_id: randomUUID(), ...identity }
  const ann = openSocket(await startExample(), { transports: ['websocket'], auth })
  onTestFinished(() => void ann.socket.disconnect())
  await ann.untilHeard('hello')
  const message = { room_id: 'lobby', message_data: 'About your order', cid: randomUUID() }
  const sent = await ann.request('message_event', { ...message, metadata: { order: 'A-1' } })
  expect(sent.metadata).toEqual({ order: 'A-1' })
  const bad = { ...message, cid: randomUUID(), metadata: { order: 'B' } }
  expect(await ann.ask('message_event', bad)).toMatchObject({
    data: 'metadata.order: expected A- and a number',
  })
  expect(await ann.refusal('update_me', { metadata: { department: 7 } })).toBe('invalid_payload')
})
