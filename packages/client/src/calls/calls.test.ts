import { describeInChromium, untilReceiving, untilReleased } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import {
  accept,
  call,
  ended,
  hangUp,
  openCalls,
  start,
  untilRinging,
  untilState,
  werePaused,
} from '../testing/people.ts'

describeInChromium('a call', (chromium) => {
  it.each(['caller', 'callee'])('carries sound and picture both ways, until the %s hangs up', async (who) => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    expect(await start(ann, 'ben')).toBeNull()
    await untilState(ann, { current: { status: 'ringing', direction: 'outgoing', with: 'ben' } })
    await untilRinging(ben)
    await untilState(ben, { current: null, incoming: [{ from: 'ann', name: 'ann', hasVideo: true }] })
    expect(await accept(ben)).toBeNull()
    await untilState(ben, { current: { direction: 'incoming', with: 'ann', name: 'ann' }, incoming: [] })
    for (const one of [ann, ben]) {
      await untilState(one, {
        current: {
          status: 'connected',
          remote: ['audio', 'video'],
          remoteMedia: { microphone: true, camera: true },
          connectedAt: expect.stringMatching(/Z$/),
        },
        media: { stream: ['audio', 'video'], microphone: { status: 'on' }, camera: { status: 'on' } },
      })
      await untilReceiving(one, 'frames', 'samples', 'energy')
      await untilState(one, { current: { quality: expect.stringMatching(/good|fair|poor/) } })
    }
    const statuses = await ann.page.evaluate(() => window.sdk.statuses)
    const all = (await werePaused(ann, ben)) ? statuses.slice(0, 4) : statuses
    expect(all).toEqual(['starting', 'ringing', 'connecting', 'connected'])

    await hangUp(who === 'caller' ? ann : ben)

    for (const one of [ann, ben]) {
      await untilState(one, { ...ended('hung_up'), media: { stream: null, camera: { status: 'off' } } })
      await untilReleased(one)
      await one.page.evaluate(() => window.sdk.client.calls.dismiss())
      await untilState(one, { current: null })
      expect(one.complaints).toEqual([])
    }
  })

  it('ends on both sides when it is declined', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await start(ann, 'ben')
    const callId = await untilRinging(ben)
    await ben.page.evaluate((id) => window.sdk.client.calls.decline(id), callId)
    await untilState(ann, ended('declined'))
    await untilState(ben, { current: null, incoming: [] })
    await untilReleased(ann)
  })

  it('stops ringing when the caller cancels it', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await start(ann, 'ben')
    await untilRinging(ben)
    await hangUp(ann)
    await untilState(ann, ended('cancelled'))
    await untilState(ben, { current: null, incoming: [] })
    await untilReleased(ann)
  })

  it('can be cancelled while it is started, at any point', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    for (const point of ['loading', 'asking for devices', 'gathering candidates', 'asking the server']) {
      const failure = await ann.page.evaluate(async (point) => {
        const { calls, request } = window.sdk.client
        const statuses: Record<string, string> = {
          'asking for devices': 'starting',
          'gathering candidates': 'on',
        }
        const stop = calls.media.subscribe(() => {
          if (calls.media.getSnapshot().microphone.status === statuses[point]) void calls.hangUp()
        })
        const ask = request.callUser
        Object.assign(request, {
          callUser(payload: Parameters<typeof ask>[0]) {
            const answer = ask(payload)
            if (point === 'asking the server') void calls.hangUp()
            return answer
          },
        })
        const started = window.sdk.failure(calls.start('ben'))
        if (point === 'loading') void calls.hangUp()
        const failure = await started
        stop()
        Object.assign(request, { callUser: ask })
        return failure
      }, point)
      expect(failure, point).toBeNull()
      await untilState(ann, ended('cancelled'))
      await untilReleased(ann)
    }
    await untilState(ben, { current: null, incoming: [] })
  })

  it('[NO11] is made at once after one that was cancelled while the code for it loaded', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    let load = (): void => undefined
    const loaded = new Promise<void>((resolve) => {
      load = resolve
    })
    await ann.context.route('**/call-engine-*.js', async (route) => {
      await loaded
      await route.continue()
    })
    const failure = await ann.page.evaluate(async () => {
      const { calls } = window.sdk.client
      const started = window.sdk.failure(calls.start('ben'))
      void calls.hangUp()
      return started
    })
    expect(failure).toBeNull()
    await untilState(ann, ended('cancelled'))
    const again = start(ann, 'ben')
    await untilState(ann, { current: { status: 'starting' } })
    load()
    expect(await again).toBeNull()
    await untilRinging(ben)
  })

  it('loses nothing that comes before the answer that names it', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await ann.page.evaluate(() => {
      const { request, on } = window.sdk.client
      const ask = request.callUser
      Object.assign(request, {
        async callUser(payload: Parameters<typeof ask>[0]) {
          const heard = new Promise<unknown>((resolve) => {
            on.callSignal(resolve)
            on.callEnded(resolve)
          })
          const answer = await ask(payload)
          await heard
          return answer
        },
      })
    })
    const started = start(ann, 'ben')
    await accept(ben)
    await started
    await untilState(ann, { current: { status: 'connected' } })
    await hangUp(ann)

    const again = start(ann, 'ben')
    const callId = await untilRinging(ben)
    await ben.page.evaluate((id) => window.sdk.client.calls.decline(id), callId)
    await again
    await untilState(ann, ended('declined'))
    await untilReleased(ann)
  })

  it('ends the one before when another is accepted', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben, cat] = [await person('ann'), await person('ben'), await person('cat')]
    await call(ann, ben, 'ben')
    await start(cat, 'ben')
    await accept(ben)
    await untilState(ann, ended('hung_up'))
    for (const one of [ben, cat]) {
      await untilState(one, { current: { status: 'connected' } })
      await untilReceiving(one, 'frames')
    }
    await untilState(ben, { current: { with: 'cat' }, incoming: [] })
    await untilReleased(ann)
    expect(await ben.page.evaluate(() => window.watched.held())).toEqual({ connections: 1, tracks: 2 })
  })

  it('is answered alone where two are accepted at once, and the other rings on', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben, cat] = [await person('ann'), await person('ben'), await person('cat')]
    await start(ann, 'ben')
    await start(cat, 'ben')
    await untilState(ben, { incoming: [{ from: 'cat' }, { from: 'ann' }] })
    await ben.page.evaluate(async () => {
      const { calls } = window.sdk.client
      await Promise.all(calls.getSnapshot().incoming.map(({ callId }) => calls.accept(callId)))
    })
    await untilState(ben, { current: { status: 'connected', with: 'ann' }, incoming: [{ from: 'cat' }] })
    await untilState(cat, { current: { status: 'ringing' } })
    await untilReceiving(ann, 'frames')
    expect(await ben.page.evaluate(() => window.watched.held())).toEqual({ connections: 1, tracks: 2 })
  })

  it('[CA2] stops ringing on the other devices when it is answered', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben, tablet] = [await person('ann'), await person('ben'), await person('ben')]
    await start(ann, 'ben')
    await untilRinging(tablet)
    expect(await accept(ben)).toBeNull()
    await untilState(tablet, { current: null, incoming: [] })
    await untilState(ann, { current: { status: 'connected' } })
  })

  it('is answered once, however often one clicks', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await start(ann, 'ben')
    await untilRinging(ben)
    await ben.page.evaluate(async () => {
      const { calls, request } = window.sdk.client
      const callId = calls.getSnapshot().incoming[0]?.callId ?? ''
      const ask = request.answerCall
      const clicks: Promise<void>[] = []
      Object.assign(request, {
        answerCall(payload: Parameters<typeof ask>[0]) {
          const answer = ask(payload)
          if (clicks.length < 2) clicks.push(calls.accept(callId))
          return answer
        },
      })
      clicks.push(calls.accept(callId))
      await clicks[0]
      await Promise.all(clicks)
    })
    for (const one of [ann, ben]) {
      await untilState(one, { current: { status: 'connected' } })
      await untilReceiving(one, 'frames')
    }
  })
})
