import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { messagesIn, openChat } from '../src/testing/connect.ts'

const guide = readFileSync(new URL('../../../docs/guides/programs.md', import.meta.url), 'utf8')
const [, example = ''] = /```js\n(.*?)```/s.exec(guide) ?? []

it('[PG30] runs the guide’s bot, which answers in ten lines', async () => {
  expect(example.split('\n').length).toBeLessThanOrEqual(13)
  const key = 'a-long-random-key-of-your-workspace'
  const chat = await openChat(onTestFinished, { workspaces: [{ id: 'acme', keys: [key] }] })
  // Next to the tests, where the example can import the packages by name.
  const folder = mkdtempSync(fileURLToPath(new URL('./.example-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'bot.mjs')
  writeFileSync(file, example)
  const child = spawn(process.execPath, ['--conditions=@dowellchat/source', '--import', 'tsx', file], {
    env: { ...process.env, CHAT_URL: chat.url, CHAT_KEY: key },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  const ann = await chat.connect('ann', { workspace_id: 'acme', api_key: key })
  await ann.request('join', { room: 'lobby' })
  await vi.waitFor(
    async () => {
      await ann.request('message_event', { room_id: 'lobby', message_data: 'Hello', cid: randomUUID() })
      expect(messagesIn(ann.frames).map(({ message_data }) => message_data)).toContain('You said: Hello')
    },
    { timeout: 30_000, interval: 300 },
  )
})
