import { expect, it, onTestFinished, vi } from 'vitest'
import { beginningOf } from '../../calls/media/signal.ts'
import { installFakeMedia } from '../index.ts'

/** Fake media, without any timer. */
function install() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'] })
  onTestFinished(() => void vi.useRealTimers())
  const media = installFakeMedia()
  onTestFinished(() => media.uninstall())
  return media
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

async function negotiate(one: RTCPeerConnection, other: RTCPeerConnection): Promise<void> {
  await one.setLocalDescription()
  await other.setRemoteDescription(descriptionOf(one))
  await other.setLocalDescription()
  await one.setRemoteDescription(descriptionOf(other))
  await settled()
}

const descriptionOf = ({ localDescription }: RTCPeerConnection): RTCSessionDescriptionInit =>
  localDescription ?? { type: 'offer' }

/** Two that are connected, the first of which has offered sound, picture and a channel. */
async function openPair() {
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()]
  const channel = one.createDataChannel('notes')
  for (const kind of ['audio', 'video']) one.addTransceiver(kind)
  let end: RTCDataChannel | undefined
  other.addEventListener('datachannel', (event) => {
    end = event.channel
  })
  await negotiate(one, other)
  return { one, other, channel, end }
}

const statesOf = (...all: RTCPeerConnection[]) => all.map(({ connectionState }) => connectionState)

it('[KT12] connects two connections without a timer, and says so by events', async () => {
  install()
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()]
  const events: string[] = []
  const names = ['negotiationneeded', 'signalingstatechange', 'icegatheringstatechange', 'icecandidate']
  for (const name of [...names, 'iceconnectionstatechange', 'connectionstatechange', 'track'])
    one.addEventListener(name, () => events.push(name))
  one.addTransceiver('audio')
  await settled()
  expect(events.splice(0)).toEqual(['negotiationneeded'])
  await one.setLocalDescription()
  await settled()
  const gathering = ['icegatheringstatechange', 'icecandidate']
  expect(events.splice(0)).toEqual(['signalingstatechange', ...gathering, ...gathering])
  await other.setRemoteDescription(descriptionOf(one))
  await other.setLocalDescription(await other.createAnswer())
  await settled()
  expect(statesOf(one, other)).toEqual(['new', 'connecting'])
  await one.setRemoteDescription(descriptionOf(other))
  await settled()
  expect(statesOf(one, other)).toEqual(['connected', 'connected'])
  const connected = ['iceconnectionstatechange', 'connectionstatechange']
  expect(events.splice(0)).toEqual(['signalingstatechange', ...connected])
  const [answered] = other.getTransceivers()
  if (answered) answered.direction = 'sendrecv'
  await negotiate(other, one)
  // Connected as it is, it needs no other way.
  expect(events).toEqual(['signalingstatechange', 'track', 'signalingstatechange'])
})

it('[KT12] offers what our client and others read', async () => {
  install()
  const { one } = await openPair()
  const { type, sdp } = descriptionOf(one)
  expect(beginningOf({ type, sdp })).toEqual({ media: 'video', hasVideo: true })
  expect(sdp?.match(/^m=\w+/gm)).toEqual(['m=audio', 'm=video', 'm=application'])
  const [, video] = one.getTransceivers()
  if (video) video.direction = 'recvonly'
  const offer = await one.createOffer()
  expect(beginningOf(offer)).toEqual({ media: 'audio', hasVideo: false })
})

it('[KT12] takes an own offer back for that of the other', async () => {
  install()
  const { one, other } = await openPair()
  one.addTransceiver('video', { direction: 'sendonly' })
  other.addTransceiver('video', { direction: 'sendonly' })
  const asked = vi.fn()
  other.addEventListener('negotiationneeded', asked)
  await Promise.all([one.setLocalDescription(), other.setLocalDescription()])
  await other.setRemoteDescription(descriptionOf(one))
  expect(other.signalingState).toBe('have-remote-offer')
  await other.setLocalDescription()
  await one.setRemoteDescription(descriptionOf(other))
  await settled()
  expect(asked).toHaveBeenCalled()
  await negotiate(other, one)
  const directionsOf = (peer: RTCPeerConnection) =>
    peer
      .getTransceivers()
      .flatMap(({ mid, currentDirection }) => `${mid} ${currentDirection}`)
      .sort()
  expect(directionsOf(one)).toEqual(['0 sendonly', '1 sendonly', '3 sendonly', '4 recvonly'])
  expect(directionsOf(other)).toEqual(['0 recvonly', '1 recvonly', '3 recvonly', '4 sendonly'])
})

it('[KT12] lets tracks say whether anything comes, and messages wait while nothing does', async () => {
  const media = install()
  const { one, other, channel, end } = await openPair()
  const heard: unknown[] = []
  end?.addEventListener('message', ({ data }) => heard.push(data))
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true })
  const tracks = stream.getTracks()
  for (const [index, { sender }] of one.getTransceivers().entries())
    await sender.replaceTrack(tracks[index] ?? null)
  await settled()
  const muted = () => other.getTransceivers().map(({ receiver }) => receiver.track.muted)
  expect(muted()).toEqual([false, false])
  tracks[1]?.stop()
  await settled()
  expect(muted()).toEqual([false, true])

  media.cut()
  await settled()
  expect(muted()).toEqual([true, true])
  expect(statesOf(one, other)).toEqual(['disconnected', 'disconnected'])
  channel.send('first')
  channel.send('second')
  await settled()
  expect(heard).toEqual([])
  media.restore()
  await settled()
  expect(heard).toEqual(['first', 'second'])
  expect(muted()).toEqual([false, true])

  one.close()
  await settled()
  expect(end?.readyState).toBe('closed')
  expect(muted()).toEqual([true, true])
  expect(statesOf(one, other)).toEqual(['closed', 'connected'])
})

it('[KT12] needs an ICE restart after a failure, of whichever side', async () => {
  const media = install()
  const { one, other } = await openPair()
  for (const [offers, answers] of [
    [one, other],
    [other, one],
  ] as const) {
    media.fail()
    await settled()
    expect(statesOf(one, other)).toEqual(['failed', 'failed'])
    await negotiate(offers, answers)
    expect(statesOf(one, other)).toEqual(['failed', 'failed'])
    const asked = vi.fn()
    offers.addEventListener('negotiationneeded', asked)
    offers.restartIce()
    await settled()
    expect(asked).toHaveBeenCalledOnce()
    await negotiate(offers, answers)
    expect(statesOf(one, other)).toEqual(['connected', 'connected'])
  }
})

it('[KT12] refuses what browsers refuse', async () => {
  install()
  const { one, other } = await openPair()
  const isInvalid = { name: 'InvalidStateError' }
  await expect(one.createAnswer()).rejects.toMatchObject(isInvalid)
  await expect(one.setRemoteDescription({ type: 'answer', sdp: 'v=0' })).rejects.toMatchObject(isInvalid)
  await expect(one.setRemoteDescription({ type: 'offer', sdp: 'nonsense' })).rejects.toThrow()
  await expect(new RTCPeerConnection().addIceCandidate()).rejects.toMatchObject(isInvalid)
  other.close()
  await expect(other.setLocalDescription()).rejects.toMatchObject(isInvalid)
  expect(() => other.addTransceiver('audio')).toThrow()
  await expect(navigator.mediaDevices.getUserMedia({})).rejects.toThrow(TypeError)
  const noSuch = { audio: { deviceId: { exact: 'nowhere' } } }
  await expect(navigator.mediaDevices.getUserMedia(noSuch)).rejects.toMatchObject({
    name: 'OverconstrainedError',
  })
})
