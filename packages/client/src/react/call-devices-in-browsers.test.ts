// The hooks for devices, sound and pictures, in Chromium.

import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import type {} from '../testing/call-hooks-page.tsx'
import { accept, call, openCalls, type Person, start, untilRinging, untilState } from '../testing/people.ts'
import type { RingToneOptions } from './index.ts'

async function openPair(chromium: Parameters<typeof openCalls>[0], options?: RingToneOptions) {
  const { person } = await openCalls(chromium, {}, 'call-hooks-page')
  const [ann, ben] = [await person('ann'), await person('ben')]
  for (const one of [ann, ben]) await tapSound(one)
  for (const one of [ann, ben]) await one.page.evaluate((how) => window.hooks.mount(how), options)
  return { ann, ben }
}

/** Measures what the page plays with WebAudio, and counts its contexts. */
function tapSound({ page }: Person): Promise<void> {
  return page.evaluate(() => {
    const contexts: AudioContext[] = []
    const taps = new Map<BaseAudioContext, AnalyserNode>()
    const Original = window.AudioContext
    window.AudioContext = class extends Original {
      constructor() {
        super()
        contexts.push(this)
      }
    }
    const { connect } = AudioNode.prototype
    Object.assign(AudioNode.prototype, {
      connect(this: AudioNode, to: AudioNode) {
        if (to === this.context.destination) {
          const tap = taps.get(this.context) ?? new AnalyserNode(this.context)
          taps.set(this.context, tap)
          Reflect.apply(connect, this, [tap])
        }
        return Reflect.apply(connect, this, [to])
      },
    })
    const sound = {
      open: () => contexts.filter(({ state }) => state !== 'closed').length,
      loudness: () =>
        Math.max(
          0,
          ...[...taps].map(([{ state }, tap]) => {
            if (state !== 'running') return 0
            const samples = new Float32Array(tap.fftSize)
            tap.getFloatTimeDomainData(samples)
            return Math.max(...samples.map(Math.abs))
          }),
        ),
    }
    Object.assign(window, { sound })
  })
}

interface Sound {
  open(): number
  loudness(): number
}

const loudness = ({ page }: Person) =>
  page.evaluate(() => (window as unknown as { sound: Sound }).sound.loudness())
const openContexts = ({ page }: Person) =>
  page.evaluate(() => (window as unknown as { sound: Sound }).sound.open())

const devices = ({ page }: Person) =>
  page.evaluate(() => {
    const { choose: _, ...lists } = window.hooks.devices
    return lists
  })

const frames = ({ page }: Person, id: 'camera' | 'screen') =>
  page.evaluate(
    (id) => document.querySelector<HTMLVideoElement>(`#${id}`)?.getVideoPlaybackQuality().totalVideoFrames,
    id,
  )

describeInChromium(
  'the hooks of a call',
  (chromium) => {
    it('show picture and screen, and share the own one', async () => {
      const { ann, ben } = await openPair(chromium)
      await call(ann, ben, 'ben')
      await expect.poll(() => frames(ben, 'camera'), patience).toBeGreaterThan(2)
      expect(await ben.page.evaluate(() => window.hooks.camera.isBlocked)).toBe(false)
      await ann.page.evaluate(() => window.hooks.share.start())
      await expect.poll(() => frames(ben, 'screen'), patience).toBeGreaterThan(2)
      const own = () =>
        ann.page.evaluate(() => {
          const { isSharing, isPending, screen, error } = window.hooks.share
          return { isSharing, isPending, error, tracks: screen?.getTracks().length ?? 0 }
        })
      await expect.poll(own).toEqual({ isSharing: true, isPending: false, error: null, tracks: 1 })
      await ann.page.evaluate(() => window.hooks.share.stop())
      await expect.poll(own).toEqual({ isSharing: false, isPending: false, error: null, tracks: 0 })
      await expect.poll(() => ben.page.evaluate(() => window.hooks.share.remoteScreen), patience).toBeNull()
    })

    it('list the devices by name, and use the chosen ones', async () => {
      const { ann, ben } = await openPair(chromium)
      await call(ann, ben, 'ben')
      await expect
        .poll(() => devices(ann), patience)
        .toMatchObject({
          cameras: [{ label: 'fake_device_0' }, { label: 'fake_device_1' }, { label: 'fake_device_2' }],
          microphones: [{ id: 'default' }, { label: 'Fake Audio Input 1' }, { label: 'Fake Audio Input 2' }],
          chosen: { microphone: null, camera: null, speaker: null },
          canChooseSpeaker: true,
        })
      const { cameras, speakers } = await devices(ann)
      const [camera, speaker] = [cameras[2]?.id ?? '', speakers[1]?.id ?? '']
      await ann.page.evaluate(
        async ([camera, speaker]) => {
          await window.hooks.devices.choose('camera', camera)
          await window.hooks.devices.choose('speaker', speaker)
        },
        [camera, speaker] as const,
      )
      await expect.poll(() => devices(ann)).toMatchObject({ chosen: { microphone: null, camera, speaker } })
      const sink = () => ann.page.evaluate(() => document.querySelector<HTMLVideoElement>('#camera')?.sinkId)
      await expect.poll(sink, patience).toBe(speaker)

      // Another one is plugged in.
      await ann.page.evaluate(() => {
        const { enumerateDevices } = MediaDevices.prototype
        MediaDevices.prototype.enumerateDevices = async function () {
          const found = await enumerateDevices.call(this)
          const more = { kind: 'videoinput', deviceId: 'more', groupId: '', label: '' }
          return [...found, { ...more, toJSON: () => more } as MediaDeviceInfo]
        }
        navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
      })
      await expect
        .poll(() => devices(ann))
        .toMatchObject({ cameras: [{}, {}, {}, { id: 'more', label: 'Camera 4' }] })
    })

    it('measure the microphone, also while it is muted, and let it go', async () => {
      const { ann, ben } = await openPair(chromium)
      await call(ann, ben, 'ben')
      // The fake microphone beeps once a second.
      const level = () => ann.page.evaluate(() => window.hooks.level)
      const untilLoud = async () => {
        await ann.page.evaluate(() => window.hooks.takeLoudest())
        await expect
          .poll(() => ann.page.evaluate(() => window.hooks.takeLoudest()), patience)
          .toBeGreaterThan(0.3)
      }
      await untilLoud()
      await expect.poll(level, patience).toMatchObject({ isSpeaking: true, isSpeakingWhileMuted: false })
      const before = await ann.page.evaluate(() => window.hooks.renders)
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      expect((await ann.page.evaluate(() => window.hooks.renders)) - before).toBeLessThanOrEqual(22)

      await ann.page.evaluate(() => window.sdk.client.calls.media.setMicrophone(false))
      await expect.poll(level, patience).toEqual({ level: 0, isSpeaking: false, isSpeakingWhileMuted: true })
      await ann.page.evaluate(() => window.sdk.client.calls.media.setMicrophone(true))
      await untilLoud()
      expect(await openContexts(ann)).toBe(1)
      await ann.page.evaluate(() => window.hooks.unmount())
      await expect.poll(() => openContexts(ann), patience).toBe(0)
      expect(await ann.page.evaluate(() => window.watched.held())).toMatchObject({ tracks: 2 })
    })

    it('ring at both ends until it is answered', async () => {
      const { ann, ben } = await openPair(chromium)
      await start(ann, 'ben')
      await untilRinging(ben)
      for (const one of [ann, ben]) await expect.poll(() => loudness(one), patience).toBeGreaterThan(0.1)
      // Again after a pause.
      for (const one of [ann, ben]) {
        await expect.poll(() => loudness(one), patience).toBe(0)
        await expect.poll(() => loudness(one), patience).toBeGreaterThan(0.1)
      }
      await accept(ben)
      for (const one of [ann, ben]) {
        await untilState(one, { current: { status: 'connected' } })
        // That of the level is left.
        await expect
          .poll(async () => [await openContexts(one), await loudness(one)], patience)
          .toEqual([1, 0])
      }
    })

    it('play another sound, or none', async () => {
      const { ann, ben } = await openPair(chromium, { sound: 'data:audio/wav;base64,', volume: 0.2 })
      const played = await ben.page.evaluateHandle(() => {
        const seen: { volume: number; loop: boolean; paused: boolean }[] = []
        const audios: HTMLAudioElement[] = []
        const { play } = HTMLMediaElement.prototype
        HTMLMediaElement.prototype.play = function () {
          if (this instanceof HTMLAudioElement) audios.push(this)
          return play.call(this)
        }
        return () => [...seen, ...audios.map(({ volume, loop, paused }) => ({ volume, loop, paused }))]
      })
      await start(ann, 'ben')
      await untilRinging(ben)
      await expect
        .poll(() => played.evaluate((list) => list()), patience)
        .toMatchObject([{ volume: 0.2, loop: true }])
      expect(await openContexts(ben)).toBe(0)
      await ann.page.evaluate(() => window.sdk.client.calls.hangUp())
      await untilState(ben, { incoming: [] })
      await expect.poll(() => played.evaluate((list) => list())).toMatchObject([{ paused: true }])

      await ben.page.evaluate(() => {
        window.hooks.unmount()
        window.hooks.mount({ sound: null })
      })
      await start(ann, 'ben')
      await untilRinging(ben)
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(await openContexts(ben)).toBe(0)
      for (const one of [ann, ben]) expect(one.complaints.filter((text) => /rror/.test(text))).toEqual([])
    })

    it('say that the browser plays no sound yet, and play once the user has clicked', async () => {
      const { ann, ben } = await openPair(chromium)
      // As browsers do it; for a page that a test steers, Chromium takes everything for a click.
      await ben.page.evaluate(() => {
        const { play } = HTMLMediaElement.prototype
        let isAllowed = false
        HTMLMediaElement.prototype.play = function () {
          return isAllowed || this.muted
            ? play.call(this)
            : Promise.reject(new DOMException('play() failed', 'NotAllowedError'))
        }
        const button = document.createElement('button')
        button.onclick = () => {
          isAllowed = true
          window.hooks.camera.play()
        }
        document.body.prepend(button)
      })
      await call(ann, ben, 'ben')
      const isBlocked = () => ben.page.evaluate(() => window.hooks.camera.isBlocked)
      await expect.poll(isBlocked, patience).toBe(true)
      // Chromium counts frames of a paused picture too.
      const isPaused = () =>
        ben.page.evaluate(() => document.querySelector<HTMLVideoElement>('#camera')?.paused)
      expect(await isPaused()).toBe(true)
      await ben.page.evaluate(() => document.querySelector('button')?.click())
      await expect.poll(isBlocked, patience).toBe(false)
      expect(await isPaused()).toBe(false)
      await expect.poll(() => frames(ben, 'camera'), patience).toBeGreaterThan(2)
    })
  },
  { media: 'more-cameras' },
)
