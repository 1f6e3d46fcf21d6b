import { expect, it, onTestFinished } from 'vitest'
import { openChat } from '../src/testing/connect.ts'
import { withLimits } from './support/attacks.ts'
import { connectRaw } from './support/raw-socket.ts'

it.each([
  ['asks for namespaces', (n: number) => `40/n${n},`],
  ['asks for the namespace of admins', () => '40/admin,'],
  ['acknowledges what nobody has asked', (n: number) => `43${n}[1]`],
])('[BG7] closes a connection that %s, at the sixth time, and says why', async (_, frame) => {
  const chat = await openChat(onTestFinished, withLimits())
  const [raw, bob] = [await connectRaw(chat.url), await chat.connect('bob')]
  for (let n = 0; n < 5; n++) raw.send(frame(n))
  raw.send('421["leave",{"room":"r"}]')
  await raw.first('431[')
  const before = raw.frames.length
  for (let n = 5; n < 1_000; n++) raw.send(frame(n))
  await raw.closed()
  const after = raw.frames.slice(before)
  expect(after).toHaveLength(1)
  expect(after[0]).toMatch(/^42\["error_response",.*"rate_limited".*"abuse"/)
  expect(await bob.ask('leave', { room: 'r' })).toMatchObject({ status: 'success' })
})

it('[BG7] takes an event called error for what it is, an unknown one', async () => {
  const logged: string[] = []
  const log = (_fields: object, text: string) => void logged.push(text)
  const logger = { info: log, warn: log, error: log }
  const chat = await openChat(onTestFinished, { ...withLimits(), logger })
  const ann = await chat.connect('ann')
  expect(await ann.refusal('error', {})).toBe('unknown_event')
  expect(logged).not.toContain('A connection broke the protocol')
})
