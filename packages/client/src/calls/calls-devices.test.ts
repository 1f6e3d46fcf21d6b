import { describeInChromium, patience, untilReceiving, untilReleased } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import type { DeviceKind } from '../index.ts'
import { call, hangUp, openCalls, type Person, untilState } from '../testing/people.ts'

const kinds = { microphone: 'audio', camera: 'video' } as const

/** The id of the device that is used. */
function used({ page }: Person, device: keyof typeof kinds): Promise<string | undefined> {
  return page.evaluate((kind) => {
    const { stream } = window.sdk.client.calls.media.getSnapshot()
    const tracks = stream?.getTracks().filter((track) => track.kind === kind) ?? []
    if (tracks.length > 1) throw new Error('Two devices of a kind at once')
    return tracks[0]?.getSettings().deviceId
  }, kinds[device])
}

function idsOf({ page }: Person, kind: MediaDeviceKind): Promise<string[]> {
  return page.evaluate(async (kind) => {
    const found = await navigator.mediaDevices.enumerateDevices()
    return found.filter((one) => one.kind === kind).map(({ deviceId }) => deviceId)
  }, kind)
}

function choose({ page }: Person, kind: DeviceKind, id: string | null): Promise<unknown> {
  return page.evaluate(([kind, id]) => window.sdk.failure(window.sdk.client.calls.media.choose(kind, id)), [
    kind,
    id,
  ] as const)
}

/** Does what the browser does when a device is unplugged. */
function unplug({ page }: Person, kind: 'audio' | 'video'): Promise<void> {
  return page.evaluate((kind) => {
    const { stream } = window.sdk.client.calls.media.getSnapshot()
    const track = stream?.getTracks().find((one) => one.kind === kind)
    track?.stop()
    track?.dispatchEvent(new Event('ended'))
  }, kind)
}

const on = { status: 'on', error: null }

describeInChromium(
  'the devices of a call',
  (chromium) => {
    it('are those that are chosen, also during it, and on the next visit', async () => {
      const { person, pages, server } = await openCalls(chromium)
      const [ann, ben] = [await person('ann'), await person('ben')]
      await call(ann, ben, 'ben')
      const [first = '', , camera = ''] = await idsOf(ann, 'videoinput')
      const [, , microphone = ''] = await idsOf(ann, 'audioinput')
      expect(await used(ann, 'camera')).toBe(first)
      await ann.page.evaluate(() => {
        const seen = { offers: 0 }
        const { setLocalDescription } = RTCPeerConnection.prototype
        Object.assign(RTCPeerConnection.prototype, {
          setLocalDescription(...args: unknown[]) {
            seen.offers += 1
            return Reflect.apply(setLocalDescription, this, args)
          },
        })
        Object.assign(window, { seen })
      })
      for (let times = 0; times < 10; times++)
        for (const id of [first, camera]) {
          expect(await choose(ann, 'camera', id)).toBeNull()
          expect(await used(ann, 'camera')).toBe(id)
        }
      expect(await choose(ann, 'microphone', microphone)).toBeNull()
      expect([await used(ann, 'camera'), await used(ann, 'microphone')]).toEqual([camera, microphone])
      await untilState(ann, { media: { stream: ['audio', 'video'], camera: on, microphone: on } })
      await untilReceiving(ben, 'frames', 'energy')
      expect(await ann.page.evaluate(() => Reflect.get(window, 'seen'))).toEqual({ offers: 0 })
      expect(await ann.page.evaluate(() => window.watched.held())).toEqual({ connections: 1, tracks: 2 })
      await hangUp(ann)
      await untilReleased(ann)

      await ann.page.goto(pages.url)
      await ann.page.evaluate((url) => window.sdk.open(url, 'ann'), server.url)
      await call(ann, ben, 'ben')
      expect([await used(ann, 'camera'), await used(ann, 'microphone')]).toEqual([camera, microphone])
      expect(await choose(ann, 'camera', null)).toBeNull()
      expect(await used(ann, 'camera')).toBe(first)
      await untilReceiving(ben, 'frames', 'energy')
    })

    it('stay muted when another microphone is chosen', async () => {
      const { person } = await openCalls(chromium)
      const [ann, ben] = [await person('ann'), await person('ben')]
      await call(ann, ben, 'ben')
      await ann.page.evaluate(() => window.sdk.client.calls.media.setMicrophone(false))
      const [, , microphone = ''] = await idsOf(ann, 'audioinput')
      expect(await choose(ann, 'microphone', microphone)).toBeNull()
      expect(await used(ann, 'microphone')).toBe(microphone)
      await untilState(ann, { media: { microphone: { status: 'off' } } })
      const isHeard = () =>
        ann.page.evaluate(
          () => window.sdk.client.calls.media.getSnapshot().stream?.getAudioTracks()[0]?.enabled,
        )
      expect(await isHeard()).toBe(false)
      await ann.page.evaluate(() => window.sdk.client.calls.media.setMicrophone(true))
      await untilReceiving(ben, 'energy')
    })

    it('are replaced when they are unplugged, as long as there is another one', async () => {
      const { person } = await openCalls(chromium)
      const [ann, ben] = [await person('ann'), await person('ben')]
      await call(ann, ben, 'ben')
      const statuses = await ann.page.evaluateHandle(() => {
        const { media } = window.sdk.client.calls
        const seen: string[] = []
        media.subscribe(() => seen.push(media.getSnapshot().camera.status))
        return seen
      })
      await unplug(ann, 'video')
      const isLive = () =>
        ann.page.evaluate(
          () =>
            window.sdk.client.calls.media.getSnapshot().stream?.getVideoTracks()[0]?.readyState === 'live',
        )
      await expect.poll(isLive, patience).toBe(true)
      expect(new Set(await statuses.jsonValue())).toEqual(new Set(['on']))
      await unplug(ann, 'audio')
      await untilReceiving(ben, 'frames', 'energy')
      await untilState(ann, { media: { stream: ['audio', 'video'], camera: on, microphone: on } })

      // Now there is no other one.
      await ann.page.evaluate(() => {
        MediaDevices.prototype.enumerateDevices = async () => []
      })
      await unplug(ann, 'video')
      const message = 'The camera could not be found: connect it and try again'
      await untilState(ann, {
        media: { stream: ['audio'], camera: { status: 'error', error: { code: 'not_found', message } } },
      })
    })

    it('tell why the chosen one cannot be used', async () => {
      const { person } = await openCalls(chromium)
      const ann = await person('ann')
      await ann.page.evaluate(() => window.sdk.client.calls.media.setCamera(true))
      await ann.page.evaluate(() => {
        MediaDevices.prototype.getUserMedia = () =>
          Promise.reject(new DOMException('Could not start', 'NotReadableError'))
      })
      const error = {
        name: 'MediaError',
        code: 'in_use',
        message: 'The camera could not be opened: close what else uses it and try again',
      }
      expect(await choose(ann, 'camera', 'another')).toEqual(error)
      await untilState(ann, { media: { stream: null, camera: { status: 'error', error } } })
      expect(await choose(ann, 'speaker', 'a-speaker')).toBeNull()
    })
  },
  { media: 'more-cameras' },
)
