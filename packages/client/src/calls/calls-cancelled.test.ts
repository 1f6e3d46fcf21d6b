import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { ownError } from '../errors.ts'
import { installFakeMedia } from '../fake-client/index.ts'
import { openChat, until } from '../testing/chat.ts'
import { holdNext } from '../testing/hold-next.ts'
import { uuid } from '../uuid.ts'

/** Two people at a real server, in Node, with microphones and cameras. */
async function openPair() {
  const { client } = await openChat()
  const media = installFakeMedia()
  onTestFinished(() => media.uninstall())
  return { media, client, ann: await online(client('ann')), ben: await online(client('ben')) }
}

async function online(client: ChatClient): Promise<ChatClient> {
  client.connect()
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

async function ringing({ calls }: ChatClient): Promise<string> {
  const { incoming } = await until(calls, ({ incoming }) => incoming.length === 1)
  return incoming[0]?.callId ?? ''
}

async function untilConnected(...people: ChatClient[]): Promise<void> {
  for (const { calls } of people) await until(calls, ({ current }) => current?.status === 'connected')
}

const nothingInUse = { microphone: 0, camera: 0, screen: 0, connection: 0 }
const twoInCall = { microphone: 2, camera: 2, screen: 0, connection: 2 }
// A promise that stays pending ends no test by itself.
const timeout = 60_000

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
  await expect.poll(() => media.inUse()).toEqual(twoInCall)
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

it('[NO11] ends a call that is declined while its answer is under way', { timeout }, async () => {
  const { media, ann, ben } = await openPair()
  await ann.calls.start('ben')
  const callId = await ringing(ben)
  const answer = holdNext(ben.request, 'answerCall')
  const accepted = ben.calls.accept(callId)
  await answer.reached
  const declined = ben.calls.decline(callId)
  answer.release()
  await Promise.all([accepted, declined])
  expect(ben.calls.getSnapshot().incoming).toEqual([])
  await until(ann.calls, ({ current }) => current?.status === 'ended')
  expect(media.inUse()).toEqual(nothingInUse)
})

it('[NO11] answers another call while the answer of a first one is under way, which ends', {
  timeout,
}, async () => {
  const { media, client, ann, ben } = await openPair()
  const cat = await online(client('cat'))
  await ann.calls.start('ben')
  const first = await ringing(ben)
  await cat.calls.start('ben')
  const { incoming } = await until(ben.calls, ({ incoming }) => incoming.length === 2)
  const second = incoming.find(({ callId }) => callId !== first)?.callId ?? ''
  const answer = holdNext(ben.request, 'answerCall')
  const accepted = ben.calls.accept(first)
  await answer.reached
  const other = ben.calls.accept(second)
  await accepted
  answer.release()
  await other
  await untilConnected(ben, cat)
  expect(ben.calls.getSnapshot().incoming).toEqual([])
  await until(ann.calls, ({ current }) => current?.status === 'ended')
  expect(media.inUse()).toEqual(twoInCall)
})

it('[NO11] calls somebody while an answer is under way, whose call ends', { timeout }, async () => {
  const { client, ann, ben } = await openPair()
  const cat = await online(client('cat'))
  await ann.calls.start('ben')
  const callId = await ringing(ben)
  const answer = holdNext(ben.request, 'answerCall')
  const accepted = ben.calls.accept(callId)
  await answer.reached
  const started = ben.calls.start('cat')
  await accepted
  answer.release()
  await started
  await cat.calls.accept(await ringing(cat))
  await untilConnected(ben, cat)
  expect(ben.calls.getSnapshot().incoming).toEqual([])
})

it('[NO11] ends the other one’s call where that crosses the own one and cannot be answered', {
  timeout,
}, async () => {
  const { ann, ben } = await openPair()
  const ended = new Promise((resolve) => ann.on.callEnded(resolve))
  const { callId } = await ann.request.callUser({ userToCall: 'ben', signalData: 'nonsense', cid: uuid() })
  await ringing(ben)
  await expect(ben.calls.start('ann')).rejects.toMatchObject({ name: 'MediaError', code: 'failed' })
  expect(ben.calls.getSnapshot()).toMatchObject({ current: { status: 'ended' }, incoming: [] })
  expect(await ended).toMatchObject({ callId })
})

it('[NO11] rings on at the callee’s other devices where a crossing call cannot be answered', {
  timeout,
}, async () => {
  const { client, ann, ben } = await openPair()
  const phone = await online(client('ben'))
  const ended = new Promise((resolve) => ann.on.callEnded(resolve))
  const { callId } = await ann.request.callUser({ userToCall: 'ben', signalData: 'nonsense', cid: uuid() })
  for (const one of [ben, phone]) await ringing(one)
  await expect(ben.calls.start('ann')).rejects.toMatchObject({ name: 'MediaError', code: 'failed' })
  await phone.request.rejectCall({ callId, reason: 'busy' })
  expect(await ended).toMatchObject({ callId, reason: 'busy' })
})

it.each([
  ['is answered in the end', 'hung_up'],
  ['rings still', 'busy'],
] as const)(
  '[NO11] ends what is given up after its answer timed out, where it %s',
  { timeout },
  async (how, reason) => {
    const { client, ann, ben } = await openPair()
    const cat = await online(client('cat'))
    await ann.calls.start('ben')
    const callId = await ringing(ben)
    const { answerCall } = ben.request
    const lost = new Promise<void>((resolve) => {
      Object.assign(ben.request, {
        async answerCall(payload: Parameters<typeof answerCall>[0]) {
          Object.assign(ben.request, { answerCall })
          if (how === 'is answered in the end') await answerCall(payload)
          resolve()
          throw ownError('answerCall', 'timeout', 'The answer was lost')
        },
      })
    })
    const accepted = ben.calls.accept(callId)
    await lost
    await ben.calls.start('cat')
    await accepted
    await cat.calls.accept(await ringing(cat))
    await untilConnected(ben, cat)
    const { current } = await until(ann.calls, ({ current }) => current?.status === 'ended')
    expect(current).toMatchObject({ reason })
    expect(ben.calls.getSnapshot().incoming).toEqual([])
  },
)

it('[NO11] hangs up what is declined once it is the current call', { timeout }, async () => {
  const { media, ann, ben } = await openPair()
  await ann.calls.start('ben')
  const callId = await ringing(ben)
  await ben.calls.accept(callId)
  await untilConnected(ann, ben)
  await ben.calls.decline(callId)
  expect(ben.calls.getSnapshot().current).toMatchObject({
    status: 'ended',
    reason: 'hung_up',
    endedHere: true,
  })
  await until(ann.calls, ({ current }) => current?.status === 'ended')

  await ann.calls.start('ben')
  await ann.calls.decline(await ringing(ben))
  expect(ann.calls.getSnapshot().current).toMatchObject({ status: 'ended', reason: 'cancelled' })
  expect(media.inUse()).toEqual(nothingInUse)
})
