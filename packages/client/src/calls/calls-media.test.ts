import { describeInChromium, untilReceiving, untilReleased, untilStill } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { accept, call, ended, openCalls, start, untilRinging, untilState } from '../testing/people.ts'

describeInChromium('microphone and camera in a call', (chromium) => {
  it('shows the other what is on, and carries a camera that is turned on later', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await call(ann, ben, 'ben')
    await untilReceiving(ben, 'frames', 'samples')

    await ann.page.evaluate(() => window.sdk.client.calls.media.setCamera(false))
    await untilState(ann, { media: { stream: ['audio'], camera: { status: 'off' } } })
    await untilState(ben, { current: { remoteMedia: { microphone: true, camera: false } } })
    expect(await ann.page.evaluate(() => window.watched.held())).toEqual({ connections: 1, tracks: 1 })
    await untilStill(ben, 'frames')
    await untilReceiving(ben, 'samples', 'energy')

    await ann.page.evaluate(() => window.sdk.client.calls.media.setCamera(true))
    await untilState(ben, { current: { remoteMedia: { microphone: true, camera: true } } })
    await untilReceiving(ben, 'frames')

    await ann.page.evaluate(() => window.sdk.client.calls.media.setMicrophone(false))
    await untilState(ann, { media: { stream: ['audio', 'video'], microphone: { status: 'off' } } })
    await untilState(ben, { current: { remoteMedia: { microphone: false, camera: true } } })
    await ann.page.evaluate(() => window.sdk.client.calls.media.setMicrophone(true))
    await untilState(ben, { current: { remoteMedia: { microphone: true, camera: true } } })
    await untilReceiving(ben, 'energy')
  })

  it('begins with sound alone where that is asked for, and either can turn the camera on', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await start(ann, 'ben', false)
    await untilRinging(ben)
    await untilState(ben, { incoming: [{ hasVideo: false }] })
    await accept(ben, false)
    for (const one of [ann, ben]) {
      await untilState(one, {
        current: {
          status: 'connected',
          remote: ['audio'],
          remoteMedia: { microphone: true, camera: false },
        },
        media: { stream: ['audio'], camera: { status: 'off', error: null } },
      })
      await untilReceiving(one, 'energy')
    }
    for (const one of [ann, ben]) await one.page.evaluate(() => window.sdk.client.calls.media.setCamera(true))
    for (const one of [ann, ben]) await untilReceiving(one, 'frames')
  })

  it('are let go when the client is closed, also while they are turned on', async () => {
    const { person } = await openCalls(chromium)
    const ann = await person('ann')
    // First while the code is loaded, then while the device is asked for, then when it is on.
    for (const status of ['off', 'starting', 'on']) {
      await ann.page.evaluate(async (status) => {
        const { client, failure } = window.sdk
        const { media } = client.calls
        const closed = new Promise<void>((resolve) => {
          const look = () => {
            if (media.getSnapshot().camera.status !== status) return
            stop()
            resolve()
            client.close()
          }
          const stop = media.subscribe(look)
          queueMicrotask(look)
        })
        const turned = failure(media.setCamera(true))
        await Promise.all([closed, turned])
      }, status)
      await untilState(ann, { media: { stream: null, camera: { status: 'off' } } })
      await untilReleased(ann)
    }
  })

  it('takes over what was on before it as a preview', async () => {
    const { person } = await openCalls(chromium)
    const [ann] = [await person('ann'), await person('ben')]
    await ann.page.evaluate(async () => {
      const { media } = window.sdk.client.calls
      await Promise.all([media.setCamera(true), media.setMicrophone(true)])
      await media.setMicrophone(false)
    })
    await untilState(ann, {
      media: { stream: ['video'], microphone: { status: 'off' }, camera: { status: 'on' } },
    })
    expect(await ann.page.evaluate(() => window.watched.held())).toEqual({ connections: 0, tracks: 1 })
    await start(ann, 'ben')
    await untilState(ann, { media: { stream: ['audio', 'video'] } })
    expect(await ann.page.evaluate(() => window.watched.held())).toEqual({ connections: 1, tracks: 2 })
    await ann.page.evaluate(() => window.sdk.client.close())
    await untilState(ann, { ...ended('lost'), media: { stream: null } })
    await untilReleased(ann)
  })
})

describeInChromium(
  'a call without a camera',
  (chromium) => {
    it('goes on with sound alone, and says why', async () => {
      const { person } = await openCalls(chromium)
      const [ann, ben] = [await person('ann'), await person('ben')]
      await call(ann, ben, 'ben')
      const message = 'The camera could not be found: connect it and try again'
      for (const one of [ann, ben]) {
        await untilState(one, {
          current: { remoteMedia: { microphone: true, camera: false }, error: null },
          media: { stream: ['audio'], camera: { status: 'error', error: { code: 'not_found', message } } },
        })
        await untilReceiving(one, 'energy')
      }
    })
  },
  { media: 'no-camera' },
)

describeInChromium(
  'a call whose devices are refused',
  (chromium) => {
    it('does not ring, and can be answered all the same, to listen and to watch', async () => {
      const { person } = await openCalls(chromium)
      const [ann, ben] = [await person('ann'), await person('ben', { permissions: ['microphone'] })]
      const message =
        "The microphone and camera may not be used: allow them in the browser's address bar and try again"
      const error = { name: 'MediaError', code: 'permission_denied', message }
      expect(await start(ann, 'ben')).toEqual(error)
      await untilState(ann, { current: { status: 'ended', reason: null, error } })
      await untilState(ben, { incoming: [] })

      expect(await start(ben, 'ann')).toBeNull()
      await untilState(ben, { media: { camera: { status: 'error', error: { code: 'permission_denied' } } } })
      expect(await accept(ann)).toBeNull()
      const refused = { status: 'error', error: { code: 'permission_denied' } }
      await untilState(ann, {
        current: { status: 'connected', error: null },
        media: { stream: null, microphone: refused, camera: refused },
      })
      await untilReceiving(ann, 'energy')
      await untilState(ben, { current: { remoteMedia: { microphone: false, camera: false } } })
    })

    it('says it of one device that is turned on by itself', async () => {
      const { person } = await openCalls(chromium)
      const ann = await person('ann')
      const failure = await ann.page.evaluate(() =>
        window.sdk.failure(window.sdk.client.calls.media.setCamera(true)),
      )
      const message = "The camera may not be used: allow it in the browser's address bar and try again"
      expect(failure).toEqual({ name: 'MediaError', code: 'permission_denied', message })
      await untilState(ann, { media: { stream: null, camera: { status: 'error', error: failure } } })
    })
  },
  { media: 'denied' },
)
