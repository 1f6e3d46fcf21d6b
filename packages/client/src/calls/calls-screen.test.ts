import { describeInChromium, patience, untilReceiving, untilReleased, untilV2Page } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { call, callV2Page, ended, hangUp, openCalls, type Person, untilState } from '../testing/people.ts'

const sharing = { status: 'on', error: null }
const notSharing = { status: 'off', error: null }

function setScreen({ page }: Person, isOn: boolean): Promise<unknown> {
  return page.evaluate((isOn) => window.sdk.failure(window.sdk.client.calls.media.setScreen(isOn)), isOn)
}

/** How many pictures of the other party's screen have been shown; 0 while it shares none. */
function framesOfScreen({ page }: Person): Promise<number> {
  return page.evaluate(async () => {
    const stream = window.sdk.client.calls.getSnapshot().current?.remoteScreen
    if (!stream) return 0
    const video = document.querySelector<HTMLVideoElement>('#screen') ?? document.createElement('video')
    if (video.srcObject !== stream) {
      Object.assign(video, { id: 'screen', muted: true, srcObject: stream })
      document.body.append(video)
      await video.play()
    }
    return video.getVideoPlaybackQuality().totalVideoFrames
  })
}

async function untilScreenMoves(person: Person): Promise<void> {
  await expect.poll(() => framesOfScreen(person), patience).toBeGreaterThan(0)
  const before = await framesOfScreen(person)
  await expect.poll(() => framesOfScreen(person), patience).toBeGreaterThan(before + 2)
}

/** Chromium's fake camera has 640 × 480 pixels. */
const shapeOfCamera = (4 / 3).toFixed(1)

describeInChromium('a shared screen', (chromium) => {
  it('is seen beside the camera, ten times on and off, and ends with the call', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await call(ann, ben, 'ben')
    for (let times = 0; times < 10; times++) {
      expect(await setScreen(ann, true)).toBeNull()
      await untilState(ann, { media: { screen: sharing, screenStream: ['video'], camera: { status: 'on' } } })
      await untilState(ben, {
        current: { remoteScreen: ['video'], remoteMedia: { microphone: true, camera: true } },
      })
      await untilScreenMoves(ben)
      expect(await setScreen(ann, false)).toBeNull()
      await untilState(ann, { media: { screen: notSharing, screenStream: null } })
      await untilState(ben, {
        current: { status: 'connected', remoteScreen: null, remote: ['audio', 'video'] },
      })
    }
    await untilReceiving(ben, 'frames', 'energy')
    expect(await setScreen(ann, true)).toBeNull()
    await untilScreenMoves(ben)
    await hangUp(ben)
    await untilState(ben, { current: { status: 'ended', remoteScreen: null } })
    await untilState(ann, { ...ended('hung_up'), media: { screen: notSharing, screenStream: null } })
    for (const one of [ann, ben]) await untilReleased(one)
  })

  it('keeps sound and camera going while the camera is turned off and on ten times', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await call(ann, ben, 'ben')
    expect(await setScreen(ann, true)).toBeNull()
    for (let times = 0; times < 10; times++) {
      for (const isOn of [false, true]) {
        await ann.page.evaluate((isOn) => window.sdk.client.calls.media.setCamera(isOn), isOn)
        await untilState(ben, { current: { remoteScreen: ['video'], remoteMedia: { camera: isOn } } })
      }
      await untilReceiving(ben, 'frames', 'energy')
    }
    await untilScreenMoves(ben)
  })

  it('goes both ways at the same time, also when it is begun before the call', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    expect(await setScreen(ben, true)).toBeNull()
    await call(ann, ben, 'ben')
    expect(await setScreen(ann, true)).toBeNull()
    for (const one of [ann, ben]) {
      await untilScreenMoves(one)
      await untilReceiving(one, 'frames', 'energy')
    }
  })

  it('is begun by both at the same moment', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await call(ann, ben, 'ben')
    expect(await Promise.all([setScreen(ann, true), setScreen(ben, true)])).toEqual([null, null])
    for (const one of [ann, ben]) await untilScreenMoves(one)
  })

  it('ends with the button of the browser, without an error', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await call(ann, ben, 'ben')
    expect(await setScreen(ann, true)).toBeNull()
    await untilScreenMoves(ben)
    await ann.page.evaluate(() => {
      const [track] = window.sdk.client.calls.media.getSnapshot().screenStream?.getTracks() ?? []
      track?.dispatchEvent(new Event('ended'))
    })
    await untilState(ann, { media: { screen: notSharing, screenStream: null } })
    await untilState(ben, { current: { remoteScreen: null } })
  })

  it('is seen in place of the camera on a page of V2, and the camera again after it', async () => {
    const { person, v2Person } = await openCalls(chromium)
    const [ann, vera] = [await person('ann'), await v2Person()]
    await callV2Page(ann, vera)
    await untilReceiving(vera, 'frames')
    /** Of the fake camera's and the fake screen's pictures; their sizes change with what the browser thinks it can send. */
    const shape = () =>
      vera.page.evaluate(() => {
        const { videoWidth = 0, videoHeight = 0 } = document.querySelector('video') ?? {}
        return (videoWidth / videoHeight).toFixed(1)
      })
    await expect.poll(shape, patience).toBe(shapeOfCamera)
    expect(await setScreen(ann, true)).toBeNull()
    await expect.poll(shape, patience).not.toBe(shapeOfCamera)
    await untilReceiving(vera, 'frames', 'energy')
    expect(await setScreen(ann, false)).toBeNull()
    await expect.poll(shape, patience).toBe(shapeOfCamera)
    await untilReceiving(vera, 'frames', 'energy')
    await untilV2Page(vera, { heard: [] })
  })

  it('says so when it is refused, or where browsers share none', async () => {
    const { person } = await openCalls(chromium)
    const ann = await person('ann')
    // Chromium has no switch for a user who refuses.
    await ann.page.evaluate(() => {
      MediaDevices.prototype.getDisplayMedia = () =>
        Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
    })
    const error = { name: 'MediaError', code: 'permission_denied', message: 'The screen was not shared' }
    expect(await setScreen(ann, true)).toEqual(error)
    await untilState(ann, { media: { screen: { status: 'error', error }, screenStream: null } })
    expect(await setScreen(ann, false)).toBeNull()
    await untilState(ann, { media: { screen: notSharing } })
    await ann.page.evaluate(() => Reflect.deleteProperty(MediaDevices.prototype, 'getDisplayMedia'))
    expect(await setScreen(ann, true)).toMatchObject({ code: 'unsupported' })
  })
})
