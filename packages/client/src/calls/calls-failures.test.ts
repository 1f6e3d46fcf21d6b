import { describeInChromium, untilReceiving, untilReleased } from '@dowellchat/browser'
import { io } from 'socket.io-client'
import { expect, it, onTestFinished } from 'vitest'
import { accept, call, ended, hangUp, openCalls, start, untilRinging, untilState } from '../testing/people.ts'

describeInChromium('a call that fails', (chromium) => {
  it('[NO8] goes on without the server for 16 s, while it rings too', async () => {
    const { person, server } = await openCalls(chromium)
    const [ann, ben, cat] = [await person('ann'), await person('ben'), await person('cat')]
    await call(ann, ben, 'ben')
    await start(cat, 'ann')
    await untilRinging(ann)
    await server.close()
    await untilState(ann, { current: { status: 'connected' }, incoming: [] })
    await untilState(cat, { current: { status: 'ringing' } })
    await Promise.all([ann, ben].map((one) => untilReceiving(one, 'frames', 'energy')))
    for (const one of [ann, ben]) await untilState(one, { current: { status: 'connected' } })
    await hangUp(ann).catch(() => undefined)
    await untilState(ann, ended('hung_up'))
    for (const one of [ben, cat]) {
      await expect
        .poll(() => one.page.evaluate(() => window.sdk.state().current), { timeout: 30_000, interval: 100 })
        .toMatchObject({ status: 'ended', reason: 'lost' })
    }
    for (const one of [ann, ben, cat]) await untilReleased(one)
  })

  it('fails in words where the other cannot be reached', async () => {
    const { person } = await openCalls(chromium)
    const ann = await person('ann')
    expect(await start(ann, 'nobody')).toMatchObject({ name: 'RequestError', code: 'not_found' })
    await untilState(ann, { current: { status: 'ended', reason: null, error: { code: 'not_found' } } })
    await untilReleased(ann)
  })

  it('fails on both sides when sound and picture cannot be connected any more', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await ann.page.clock.install()
    await call(ann, ben, 'ben')
    await ann.page.evaluate(() => window.watched.breakConnection())
    await untilState(ann, { current: { status: 'reconnecting' } })
    await ann.page.clock.fastForward(30_000)
    await untilState(ann, { current: { status: 'ended', reason: 'failed', error: { code: 'failed' } } })
    await untilState(ben, ended('failed'))
    for (const one of [ann, ben]) await untilReleased(one)
  })

  it('fails when the two never find each other', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    for (const one of [ann, ben]) {
      await one.page.clock.install()
      await one.page.evaluate(() => {
        const description = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, 'localDescription')
        const native = Object.getPrototypeOf(RTCPeerConnection.prototype)
        const { get } = description ?? Object.getOwnPropertyDescriptor(native, 'localDescription') ?? {}
        Object.defineProperty(RTCPeerConnection.prototype, 'localDescription', {
          get() {
            const { type, sdp } = get?.call(this) ?? {}
            return { type, sdp: sdp.replace(/a=candidate.*\r\n/g, '') }
          },
        })
        RTCPeerConnection.prototype.addIceCandidate = async () => {}
      })
    }
    await start(ann, 'ben')
    await accept(ben)
    await untilState(ann, { current: { status: 'connecting' } })
    await ann.page.clock.fastForward(30_000)
    await untilState(ann, { current: { status: 'ended', reason: 'failed', error: { code: 'failed' } } })
    await untilState(ben, ended('failed'))
  })

  it('fails where the other sends what is no signal', async () => {
    const { person, server } = await openCalls(chromium)
    const ann = await person('ann')
    const other = io(server.url)
    onTestFinished(() => void other.disconnect())
    const id = await new Promise<string>((resolve) => other.once('me', resolve))
    other.on('callUser', ({ from }) => other.emit('answerCall', { signal: 'nonsense', to: from }))
    expect(await start(ann, id)).toBeNull()
    await untilState(ann, { current: { status: 'ended', reason: 'failed', error: { code: 'failed' } } })

    other.emit('callUser', {
      userToCall: 'ann',
      signalData: { type: 'offer', sdp: 'nonsense' },
      from: id,
      name: '',
    })
    expect(await accept(ann)).toMatchObject({ name: 'MediaError', code: 'failed' })
    await untilRinging(ann)
    await untilReleased(ann)
  })

  it('cannot be made from an insecure page', async () => {
    const { pages } = await openCalls(chromium)
    const { page, context } = await chromium.open(pages.url)
    await context.route('http://insecure.test/**', async (route) => {
      const { pathname } = new URL(route.request().url())
      await route.fulfill({ response: await route.fetch({ url: new URL(pathname, pages.url).href }) })
    })
    await page.goto('http://insecure.test/')
    await page.evaluate(() => void window.sdk.open('http://127.0.0.1:9', 'ann'))
    const message = 'Calls need a secure page: open it with https, or as localhost'
    const error = { name: 'MediaError', code: 'unsupported', message }
    expect(await page.evaluate(() => window.sdk.failure(window.sdk.client.calls.start('ben')))).toEqual(error)
  })

  it('cannot be made by a browser that has no RTCPeerConnection', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await ann.page.evaluate(() => Reflect.deleteProperty(window, 'RTCPeerConnection'))
    const error = { name: 'MediaError', code: 'unsupported', message: expect.stringContaining('browser') }
    expect(await start(ann, 'ben')).toMatchObject(error)
    await untilState(ann, { current: { status: 'ended', error } })
    await untilState(ben, { incoming: [] })
    await start(ben, 'ann')
    expect(await accept(ann)).toMatchObject(error)
    await untilRinging(ann)
    await untilState(ben, { current: { status: 'ringing' } })
  })

  it('cannot be made while the code for it does not load', async () => {
    const { person } = await openCalls(chromium)
    const ann = await person('ann')
    await ann.context.route('**/call-engine-*.js', (route) => route.abort())
    const error = { name: 'MediaError', code: 'failed', message: expect.stringContaining('reload the page') }
    expect(await start(ann, 'ben')).toEqual(error)
    await untilState(ann, { current: { status: 'ended', error } })
    const failures = await ann.page.evaluate(() => {
      const { setMicrophone, setCamera, setScreen } = window.sdk.client.calls.media
      return Promise.all([setMicrophone, setCamera, setScreen].map((set) => window.sdk.failure(set(true))))
    })
    expect(failures).toEqual([error, error, error])
    const failed = { status: 'error', error }
    await untilState(ann, { media: { microphone: failed, camera: failed, screen: failed } })
  })
})
