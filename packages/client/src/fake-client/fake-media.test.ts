import { startServer, type TestServer } from '@dowellchat/server/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { followDevices } from '../calls/tools/device-list.ts'
import { followLevel, type MicrophoneLevel } from '../calls/tools/microphone-level.ts'
import { type ChatClient, createChatClient } from '../client.ts'
import { until } from '../testing/chat.ts'
import { installFakeMedia } from './index.ts'

const names = ['RTCPeerConnection', 'MediaStream', 'MediaStreamTrack', 'AudioContext', 'navigator']
const globalsNow = () => names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))

/** Fake media, a real server, and people who can call each other; all end with the test. */
async function openCalls() {
  const server = await startServer()
  onTestFinished(() => server.close())
  const media = installFakeMedia()
  onTestFinished(() => media.uninstall())
  const [ann, ben] = [await person(server, 'ann'), await person(server, 'ben')]
  return { server, media, ann, ben }
}

async function person(server: TestServer, userId: string): Promise<ChatClient> {
  const client = createChatClient({ url: server.url, auth: server.authFor(userId, { name: userId }) })
  onTestFinished(() => client.close())
  client.connect()
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

async function ringing(client: ChatClient): Promise<string> {
  const { incoming } = await until(client.calls, ({ incoming }) => incoming.length === 1)
  return incoming[0]?.callId ?? ''
}

const untilCall = (client: ChatClient, status: string) =>
  until(client.calls, ({ current }) => current?.status === status)

async function connect(caller: ChatClient, callee: ChatClient, video = true): Promise<void> {
  await caller.calls.start('ben', { video })
  await callee.calls.accept(await ringing(callee))
  for (const one of [caller, callee]) await untilCall(one, 'connected')
}

/** What the current call of a client goes through from now on. */
function statusesOf({ calls }: ChatClient): string[] {
  const statuses: string[] = []
  let before = calls.getSnapshot().current?.status
  calls.subscribe(() => {
    const status = calls.getSnapshot().current?.status
    if (status && status !== before) statuses.push(status)
    before = status
  })
  return statuses
}

const currentOf = ({ calls }: ChatClient) => calls.getSnapshot().current
const remoteKinds = (client: ChatClient) =>
  currentOf(client)
    ?.remote?.getTracks()
    .filter(({ muted }) => !muted)
    .map(({ kind }) => kind)

it('[KT12] connects a call, which carries sound and picture, until one hangs up', async () => {
  const { media, ann, ben } = await openCalls()
  const statuses = statusesOf(ann)
  await ann.calls.start('ben')
  const callId = await ringing(ben)
  expect(ben.calls.getSnapshot().incoming).toMatchObject([
    { from: 'ann', userId: 'ann', media: 'video', hasVideo: true },
  ])
  await ben.calls.accept(callId)
  for (const one of [ann, ben]) {
    await untilCall(one, 'connected')
    await expect.poll(() => remoteKinds(one)).toEqual(['audio', 'video'])
    await until(one.calls, ({ current }) => current?.remoteMedia?.camera === true)
  }
  expect(media.inUse()).toEqual({ microphone: 2, camera: 2, screen: 0, connection: 2 })

  await ben.calls.media.setCamera(false)
  await until(ann.calls, ({ current }) => current?.remoteMedia?.camera === false)
  await expect.poll(() => remoteKinds(ann)).toEqual(['audio'])
  await ben.calls.media.setCamera(true)
  await expect.poll(() => remoteKinds(ann)).toEqual(['audio', 'video'])

  await ann.calls.hangUp()
  for (const one of [ann, ben]) expect((await untilCall(one, 'ended')).current?.reason).toBe('hung_up')
  expect(statuses).toEqual(['starting', 'ringing', 'connecting', 'connected', 'ended'])
  expect(media.inUse()).toEqual({ microphone: 0, camera: 0, screen: 0, connection: 0 })
})

it('[KT12] connects a call with sound alone, in which a camera is turned on later', async () => {
  const { media, ann, ben } = await openCalls()
  await ann.calls.start('ben', { video: false })
  const callId = await ringing(ben)
  expect(ben.calls.getSnapshot().incoming).toMatchObject([{ media: 'audio', hasVideo: false }])
  await ben.calls.accept(callId)
  for (const one of [ann, ben]) {
    await untilCall(one, 'connected')
    await expect.poll(() => remoteKinds(one)).toEqual(['audio'])
  }
  expect(media.inUse()).toMatchObject({ microphone: 2, camera: 0 })
  await ann.calls.media.setCamera(true)
  await expect.poll(() => remoteKinds(ben)).toEqual(['audio', 'video'])
})

it('[KT12] shares a screen, by a new negotiation, and ends it as the browser does', async () => {
  const { media, ann, ben } = await openCalls()
  await connect(ann, ben)
  for (const [one, other] of [
    [ann, ben],
    [ben, ann],
  ] as const) {
    await one.calls.media.setScreen(true)
    await until(other.calls, ({ current }) => current?.remoteScreen !== null)
    media.end('screen')
    await until(other.calls, ({ current }) => current?.remoteScreen === null)
    expect(one.calls.media.getSnapshot().screen.status).toBe('off')
  }
  media.refuse('screen')
  await expect(ann.calls.media.setScreen(true)).rejects.toMatchObject({ code: 'permission_denied' })
})

it('[KT12] refuses devices, so that one does not call, or only listens', async () => {
  const { media, ann, ben } = await openCalls()
  media.refuse('microphone')
  media.refuse('camera', 'in_use')
  const refused = { name: 'MediaError', code: 'permission_denied', device: 'microphone' }
  await expect(ann.calls.start('ben')).rejects.toMatchObject(refused)
  await expect(ann.calls.media.setCamera(true)).rejects.toMatchObject({ code: 'in_use' })

  media.allow('microphone')
  await ann.calls.start('ben')
  media.refuse('microphone')
  await ben.calls.accept(await ringing(ben))
  for (const one of [ann, ben]) await untilCall(one, 'connected')
  expect(ben.calls.media.getSnapshot().stream).toBeNull()
  await expect.poll(() => remoteKinds(ben)).toEqual(['audio'])
  expect(remoteKinds(ann)).toEqual([])
})

it('[KT12] pulls devices out: another one is used, or the other person hears of it', async () => {
  const { media, ann, ben } = await openCalls()
  media.plugIn('microphone', 'Headset')
  await connect(ann, ben)
  const labels: string[][] = []
  const stop = followDevices(ann.calls.media, ({ microphones }) =>
    labels.push(microphones.map(({ label }) => label)),
  )
  await expect.poll(() => labels.at(-1)).toEqual(['Fake microphone', 'Headset'])
  media.unplug('microphone', 'Fake microphone')
  await expect.poll(() => labels.at(-1)).toEqual(['Headset'])
  const labelOf = () => ann.calls.media.getSnapshot().stream?.getAudioTracks()[0]?.label
  await expect.poll(labelOf).toBe('Headset')
  stop()

  media.end('camera', ann)
  const { camera } = await until(ann.calls.media, ({ camera }) => camera.status === 'error')
  expect(camera.error).toMatchObject({ code: 'not_found', device: 'camera' })
  await until(ben.calls, ({ current }) => current?.remoteMedia?.camera === false)
  expect(ben.calls.media.getSnapshot().camera.status).toBe('on')

  media.unplug('microphone')
  await until(ben.calls, ({ current }) => current?.remoteMedia?.microphone === false)
  await expect(ann.calls.media.setMicrophone(true)).rejects.toMatchObject({ code: 'not_found' })
  media.plugIn('microphone')
  await ann.calls.media.setMicrophone(true)
})

it('[KT12] cuts a call and restores it, and connects it anew in another way', async () => {
  const { media, ann, ben } = await openCalls()
  await connect(ann, ben)
  media.cut()
  for (const one of [ann, ben]) await untilCall(one, 'reconnecting')
  expect(remoteKinds(ann)).toEqual([])
  media.restore()
  for (const one of [ann, ben]) {
    await untilCall(one, 'connected')
    await expect.poll(() => remoteKinds(one)).toEqual(['audio', 'video'])
  }

  for (const one of [ann, ben]) {
    const statuses = [ann, ben].map(statusesOf)
    media.fail(one)
    for (const each of statuses) await expect.poll(() => each).toEqual(['reconnecting', 'connected'])
  }
  await ben.calls.hangUp()
  await untilCall(ann, 'ended')
})

it('[KT12] lets a call fail that never connects', async () => {
  const { media, ann, ben } = await openCalls()
  media.cut()
  await ann.calls.start('ben')
  const callId = await ringing(ben)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  await ben.calls.accept(callId)
  for (const one of [ann, ben])
    while (currentOf(one)?.status !== 'connecting') await new Promise((resolve) => setImmediate(resolve))
  await vi.advanceTimersByTimeAsync(30_000)
  vi.useRealTimers()
  for (const one of [ann, ben]) {
    const { current } = await untilCall(one, 'ended')
    expect(current).toMatchObject({ reason: 'failed' })
  }
})

it('[KT12] connects two calls in turn, and two at once, of which one is cut', async () => {
  const { server, media, ann, ben } = await openCalls()
  await connect(ann, ben)
  await ann.calls.hangUp()
  await untilCall(ben, 'ended')
  await connect(ann, ben, false)

  const [cat, dan] = [await person(server, 'cat'), await person(server, 'dan')]
  await cat.calls.start('dan')
  await dan.calls.accept(await ringing(dan))
  for (const one of [cat, dan]) await untilCall(one, 'connected')
  media.cut(dan)
  for (const one of [cat, dan]) await untilCall(one, 'reconnecting')
  expect([ann, ben].map((one) => currentOf(one)?.status)).toEqual(['connected', 'connected'])
})

it('[KT12] lets one speak, and says how well it comes through', async () => {
  const { media, ann, ben } = await openCalls()
  await connect(ann, ben)
  const levels: MicrophoneLevel[] = []
  const stop = followLevel(ann.calls.media, (level) => levels.push(level))
  media.speak(0.5, ann)
  await expect.poll(() => levels.at(-1)).toMatchObject({ level: 0.9, isSpeaking: true })
  await ann.calls.media.setMicrophone(false)
  await expect.poll(() => levels.at(-1)).toMatchObject({ level: 0, isSpeakingWhileMuted: true })
  stop()
  media.setQuality('poor')
  await until(ben.calls, ({ current }) => current?.quality === 'poor')
  media.setQuality('good')
  await until(ben.calls, ({ current }) => current?.quality === 'good')
})

it('[KT12] gives back what was there before, and leaves nothing', async () => {
  const before = globalsNow()
  const { media, ann, ben } = await openCalls()
  expect(() => installFakeMedia()).toThrow('installed already')
  await connect(ann, ben)
  media.uninstall()
  media.uninstall()
  expect(globalsNow()).toEqual(before)
  expect(media.inUse()).toEqual({ microphone: 0, camera: 0, screen: 0, connection: 0 })
  await expect(ann.calls.start('ben')).rejects.toMatchObject({ code: 'unsupported' })
  installFakeMedia().uninstall()
})
