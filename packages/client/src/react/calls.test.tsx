// The phone itself; sound and picture are tested in Chromium, ../calls.test.ts and in the demo.

import { expect, it, onTestFinished } from 'vitest'
import { installFakeMedia } from '../fake-client/index.ts'
import { openChat } from '../testing/chat.ts'
import { holdNext } from '../testing/hold-next.ts'
import { uuid } from '../uuid.ts'
import { mountHook } from './testing/mount.tsx'
import { useCall } from './use-call.ts'
import { useCallHistory } from './use-call-history.ts'
import { useCallQuality } from './use-call-quality.ts'
import { useIncomingCall } from './use-incoming-call.ts'
import { useStartCall } from './use-start-call.ts'

const offer = { type: 'offer', sdp: 'v=0\r\nm=video 9' }

async function openPhones() {
  const { client } = await openChat()
  const ann = client('ann', { name: 'Ann' })
  ann.connect()
  const bob = mountHook(client('bob'), () => [useIncomingCall(), useCall(), useStartCall()] as const)
  await expect
    .poll(() => [ann, bob.client].map((one) => one.connection.getSnapshot().status))
    .toEqual(['online', 'online'])
  const ring = (caller = ann) =>
    caller.request.callUser({ userToCall: 'bob', signalData: offer, cid: uuid() })
  return { ann, bob, client, ring }
}

it('rings, newest first, and stops when the caller gives up', async () => {
  const { bob, client, ring } = await openPhones()
  const carl = client('carl', { name: 'Carl' })
  carl.connect()
  await expect.poll(() => carl.connection.getSnapshot().status).toBe('online')
  const first = await ring()
  const second = await ring(carl)
  await expect
    .poll(() => bob.answer?.[0])
    .toMatchObject({ call: { callId: second.callId, name: 'Carl' }, others: 1 })
  await carl.request.endCall(second)
  await expect.poll(() => bob.answer?.[0]).toMatchObject({ call: { callId: first.callId }, others: 0 })
})

it('tells the caller that it is declined', async () => {
  const { ann, bob, ring } = await openPhones()
  const ended = new Promise((resolve) => ann.on.callEnded(resolve))
  const { callId } = await ring()
  await expect.poll(() => bob.answer?.[0].call?.callId).toBe(callId)
  await bob.answer?.[0].decline()
  expect(await ended).toEqual({ callId, reason: 'declined' })
  await expect.poll(() => bob.answer?.[0].call).toBe(null)
})

it('says why a call cannot be answered or started, and rings on', async () => {
  const { bob, ring } = await openPhones()
  const { callId } = await ring()
  await expect.poll(() => bob.answer?.[0].call?.callId).toBe(callId)
  // Node has neither microphone nor WebRTC. Ignored, as a page does: nothing may end as an unhandled rejection.
  void bob.answer?.[0].accept()
  await expect.poll(() => bob.answer?.[0].error).toMatchObject({ name: 'MediaError', code: 'unsupported' })
  expect(bob.answer?.[0]).toMatchObject({ call: { callId }, isPending: false })
  void bob.answer?.[2].startCall('ann')
  await expect.poll(() => bob.answer?.[2]).toMatchObject({ isPending: false, error: { code: 'unsupported' } })
  expect(bob.answer?.[1].call).toMatchObject({ status: 'ended', error: { code: 'unsupported' } })
  bob.answer?.[1].dismiss()
  await expect.poll(() => bob.answer?.[1].call).toBe(null)
})

it('[NO11] starts a call again right after it was cancelled while the browser asked', async () => {
  const media = installFakeMedia()
  onTestFinished(() => media.uninstall())
  const { ann, bob } = await openPhones()
  const prompt = holdNext(navigator.mediaDevices, 'getUserMedia')
  void bob.answer?.[2].startCall('ann')
  await prompt.reached
  await expect.poll(() => bob.answer?.[2].isPending).toBe(true)
  void bob.answer?.[1].hangUp()
  await expect.poll(() => bob.answer?.[2].isPending).toBe(false)
  void bob.answer?.[2].startCall('ann')
  await expect.poll(() => ann.calls.getSnapshot().incoming).toMatchObject([{ from: 'bob' }])
  await expect.poll(() => bob.answer?.[2]).toMatchObject({ isPending: false, error: null })
  expect(bob.answer?.[1].call).toMatchObject({ status: 'ringing' })
  prompt.release()
})

it('lists the calls that were missed, and those that are missed meanwhile', async () => {
  const { ann, bob, ring } = await openPhones()
  const shown = mountHook(bob.client, () => [useCallHistory({ missed: true }), useCallQuality()] as const)
  await expect.poll(() => shown.answer?.[0].status).toBe('ready')
  expect(shown.answer?.[0].calls).toEqual([])
  const { callId } = await ring()
  await expect.poll(() => bob.answer?.[0].call?.callId).toBe(callId)
  await ann.request.endCall({ callId })
  await expect
    .poll(() => shown.answer?.[0].calls)
    .toMatchObject([{ _id: callId, caller: 'ann', is_missed: true }])
  expect(shown.answer?.[0].hasMore).toBe(false)
  expect(shown.answer?.[1]).toEqual({ quality: null })
})
