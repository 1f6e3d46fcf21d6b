import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { inLobby, say } from '../../tests/support/bots.ts'
import { openChat } from '../testing/connect.ts'

it('[PG35] keeps no program that has closed it', async () => {
  const chat = await openChat(onTestFinished)
  const file = fileURLToPath(new URL('../../tests/support/closing-bot.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@dowellchat/source', '--import', 'tsx', file], {
    env: { ...process.env, CHAT_URL: chat.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  await expect.poll(() => printed).toBe('started\n')
  await say(await inLobby(chat, 'ann'), 'Hello')
  await expect.poll(() => printed).toBe('started\nclosed\n')
  const late = new Promise((resolve) => setTimeout(resolve, 5_000, 'It still runs')).then((why) => [why])
  expect(await Promise.race([ended, late])).toEqual([0, null])
})
