import { expect, it, onTestFinished } from 'vitest'
import { MediaError } from '../errors.ts'
import { openChat, until } from '../testing/chat.ts'
import { beginningOf } from './media/signal.ts'

const signal = {
  type: 'offer',
  sdp: 'v=0\r\nm=audio 9 X 111\r\na=sendrecv\r\nm=video 9 X 96\r\na=sendrecv\r\n',
}

it('says that there are no calls where there is no browser', async () => {
  const { client } = await openChat()
  const { calls } = client('ann')
  const server = calls.getServerSnapshot()
  expect(server).toEqual({ current: null, incoming: [] })
  const error = await calls.start('ben').catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(MediaError)
  expect(error).toMatchObject({ code: 'unsupported', device: null })
  expect(calls.getSnapshot().current).toMatchObject({ status: 'ended', with: 'ben', reason: null, error })
  calls.dismiss()
  expect(calls.getSnapshot().current).toBeNull()

  const refusal = await calls.media.setCamera(true).catch((reason: unknown) => reason)
  expect(refusal).toMatchObject({ code: 'unsupported' })
  expect(calls.media.getSnapshot().camera).toEqual({ status: 'error', error: refusal })
  expect(calls.media.getServerSnapshot().camera.status).toBe('off')
})

it('keeps those that ring, newest first, until they end or the connection does', async () => {
  const { client } = await openChat()
  const [ann, ben, cat, dan] = [client('ann', { name: 'Ann' }), client('ben'), client('cat'), client('dan')]
  for (const one of [ann, ben, cat, dan]) {
    onTestFinished(one.connect())
    await until(one.connection, ({ status }) => status === 'online')
  }
  const ring = (caller: typeof ann) =>
    caller.request.callUser({ userToCall: 'dan', signalData: signal, cid: crypto.randomUUID() })
  const { callId } = await ring(ann)
  await until(dan.calls, ({ incoming }) => incoming.length === 1)
  const ofAnn = { callId, from: 'ann', name: 'Ann', userId: 'ann', ticketId: null }
  expect(dan.calls.getSnapshot().incoming).toEqual([{ ...ofAnn, media: 'video', hasVideo: true }])
  const { callId: second } = await ring(ben)
  await until(dan.calls, ({ incoming }) => incoming.length === 2)
  await ring(cat)
  await until(dan.calls, ({ incoming }) => incoming.length === 3)
  expect(dan.calls.getSnapshot().incoming.map(({ from }) => from)).toEqual(['cat', 'ben', 'ann'])

  await dan.calls.decline(second)
  await ann.request.endCall({ callId })
  await until(dan.calls, ({ incoming }) => incoming.length === 1)
  expect(await dan.calls.accept(callId).catch((reason: unknown) => reason)).toMatchObject({
    request: 'answerCall',
    code: 'not_found',
  })
  dan.close()
  expect(dan.calls.getSnapshot()).toEqual({ current: null, incoming: [] })
})

const soundAlone = { ...signal, sdp: signal.sdp.split('m=video')[0] }
const onlyTaken = { ...signal, sdp: signal.sdp.replace(/sendrecv\r\n$/, 'recvonly\r\n') }
const cameraOff = { ...signal, video: false }

it.each([
  ['an offer with a picture', signal, undefined, { media: 'video', hasVideo: true }],
  ['the same as text', JSON.stringify(signal), undefined, { media: 'video', hasVideo: true }],
  ['ours with the camera off', cameraOff, undefined, { media: 'audio', hasVideo: false }],
  ['ours of a video call without a camera', cameraOff, 'video', { media: 'video', hasVideo: false }],
  ['ours of a call with sound alone', cameraOff, 'audio', { media: 'audio', hasVideo: false }],
  ['one that only takes a picture', onlyTaken, 'video', { media: 'audio', hasVideo: false }],
  // The server takes every call of a V2 page for one with a picture.
  ['one with sound alone', soundAlone, 'video', { media: 'audio', hasVideo: false }],
  ['nonsense', 'nonsense', undefined, { media: 'audio', hasVideo: false }],
  ['nothing', null, undefined, { media: 'audio', hasVideo: false }],
])('sees in %s whether it is a video call', (_, offer, media, expected) => {
  expect(beginningOf(offer, media)).toEqual(expected)
})
