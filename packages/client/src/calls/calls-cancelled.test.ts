import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { installFakeMedia } from '../fake-client/index.ts'
import { openChat, until } from '../testing/chat.ts'
import { holdNext } from '../testing/hold-next.ts'

/** Two people at a real server, in Node, with microphones and cameras. */
async function openPair() {
  const { client } = await openChat()
  const media = installFakeMedia()
  onTestFinished(() => media.uninstall())
  const [ann, ben] = [client('ann'), client('ben')]
  for (const one of [ann, ben]) {
    one.connect()
    await until(one.connection, ({ status }) => status === 'online')
  }
  return { media, ann, ben }
}

async function ringing({ calls }: ChatClient): Promise<string> {
  const { incoming } = await until(calls, ({ incoming }) => incoming.length === 1)
  return incoming[0]?.callId ?? ''
}

async function untilConnected(...people: ChatClient[]): Promise<void> {
  for (const { calls } of people) await until(calls, ({ current }) => current?.status === 'connected')
}

const twoInCall = { microphone: 2, camera: 2, screen: 0, connection: 2 }
// A promise that stays pending ends no test by itself.
const timeout = 20_000

it('[NO11] calls again at once after it was cancelled while the browser asked', { timeout }, async () => {
  const { media, ann, ben } = await openPair()
  const prompt = holdNext(navigator.mediaDevices, 'getUserMedia')
  const started = ann.calls.start('ben')
  await prompt.reached
  await ann.calls.hangUp()
  await started
  expect(ann.calls.getSnapshot().current).toMatchObject({ status: 'ended', reason: 'cancelled' })

  await ann.calls.start('ben')
  await ben.calls.accept(await ringing(ben))
  prompt.release()
  await untilConnected(ann, ben)
  await expect.poll(() => media.inUse()).toEqual(twoInCall)
})

it('[NO11] calls again at once after it was cancelled while the server was asked', { timeout }, async () => {
  const { media, ann, ben } = await openPair()
  const answer = holdNext(ann.request, 'callUser')
  const started = ann.calls.start('ben')
  await answer.reached
  const cancelled = await ringing(ben)
  await ann.calls.hangUp()
  await started

  const again = ann.calls.start('ben')
  answer.release()
  await again
  await until(ben.calls, ({ incoming }) => incoming.every(({ callId }) => callId !== cancelled))
  await ben.calls.accept(await ringing(ben))
  await untilConnected(ann, ben)
  expect(media.inUse()).toEqual(twoInCall)
})

it('[NO11] answers again at once after that was given up while the browser asked', { timeout }, async () => {
  const { media, ann, ben } = await openPair()
  await ann.calls.start('ben')
  const callId = await ringing(ben)
  const prompt = holdNext(navigator.mediaDevices, 'getUserMedia')
  const accepted = ben.calls.accept(callId)
  await prompt.reached
  await ben.calls.hangUp()
  await accepted
  expect(ben.calls.getSnapshot()).toMatchObject({ current: null, incoming: [{ callId }] })

  await ben.calls.accept(callId)
  prompt.release()
  await untilConnected(ann, ben)
  await expect.poll(() => media.inUse()).toEqual(twoInCall)
})
