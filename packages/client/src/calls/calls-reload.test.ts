import { describeInChromium, untilReceiving, untilReleased, untilV2Page } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import {
  accept,
  call,
  callV2Page,
  ended,
  hangUp,
  openCalls,
  type Person,
  start,
  untilRinging,
  untilState,
} from '../testing/people.ts'

describeInChromium('a page that is loaded again', (chromium) => {
  async function openPair() {
    const { person, server } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    return { server, ann, ben, reload: (one: Person, id: string) => reload(one, server.url, id) }
  }

  it.each(['caller', 'callee', 'caller and callee'])(
    '[NO10] comes back into the call: the page of the %s',
    async (who) => {
      const { ann, ben, reload } = await openPair()
      await call(ann, ben, 'ben')
      const before = await connectedAt(ann)
      const moving = [
        ...(who.includes('caller') ? (['ann'] as const) : []),
        ...(who.includes('callee') ? (['ben'] as const) : []),
      ]
      for (let times = 0; times < 3; times++) {
        await Promise.all(moving.map((id) => reload({ ann, ben }[id], id)))
        for (const one of [ann, ben]) {
          await untilState(one, { current: { status: 'connected' }, incoming: [] })
          await untilReceiving(one, 'frames', 'energy')
        }
      }
      expect(await connectedAt(ann)).toBe(before)
      for (const one of [ann, ben])
        expect(await one.page.evaluate(() => window.watched.held())).toEqual({ connections: 1, tracks: 2 })
      await hangUp(ann)
      for (const one of [ann, ben]) {
        await untilState(one, ended('hung_up'))
        await untilReleased(one)
      }
    },
  )

  it('[NO10] comes back muted, without camera and on hold, as it was', async () => {
    const { ann, ben, reload } = await openPair()
    await call(ann, ben, 'ben')
    await ann.page.evaluate(async () => {
      await window.sdk.client.calls.media.setMicrophone(false)
      await window.sdk.client.calls.media.setCamera(false)
    })
    await ann.page.evaluate(() => window.sdk.client.calls.hold(true))
    await reload(ann, 'ann')
    await untilState(ann, {
      current: { status: 'connected', hold: { here: true, there: false } },
      media: { microphone: { status: 'off' }, camera: { status: 'off' } },
    })
    await untilState(ben, {
      current: {
        status: 'connected',
        hold: { here: false, there: true },
        remoteMedia: { microphone: false, camera: false },
      },
    })
  })

  it.each(['the server is asked', 'microphone and camera are opened'] as const)(
    '[NO10] leaves microphone and camera off when the call ends while %s',
    async (moment) => {
      const { server, ann, ben } = await openPair()
      await call(ann, ben, 'ben')
      await ann.page.reload()
      const devicesAsked = await comeBackAndHangUp(ann, server.url, moment)
      expect(devicesAsked).toBe(moment === 'the server is asked' ? 0 : 1)
      for (const one of [ann, ben]) {
        await untilState(one, ended('hung_up'))
        await untilReleased(one)
      }
      await untilState(ann, { media: { microphone: { status: 'off' }, camera: { status: 'off' } } })
    },
  )

  it('[NO10] lets the next call have its microphone, when the one that was muted ends meanwhile', async () => {
    const { server, ann, ben } = await openPair()
    await call(ann, ben, 'ben')
    await ann.page.evaluate(() => window.sdk.client.calls.media.setMicrophone(false))
    await ann.page.reload()
    await ann.page.evaluate(async (url) => {
      const opened = window.sdk.open(url, 'ann')
      const { calls } = window.sdk.client
      const { mediaDevices } = navigator
      const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices)
      await new Promise<void>((resolve) => {
        mediaDevices.getUserMedia = async (constraints) => {
          mediaDevices.getUserMedia = getUserMedia
          const stream = await getUserMedia(constraints)
          resolve(calls.start('ben'))
          return new Promise((deliver) => {
            calls.media.subscribe(() => {
              if (calls.media.getSnapshot().microphone.status === 'on') deliver(stream)
            })
          })
        }
      })
      await opened
    }, server.url)
    await untilState(ann, { current: { status: 'ringing' }, media: { microphone: { status: 'on' } } })
    expect(await accept(ben)).toBeNull()
    for (const one of [ann, ben]) await untilState(one, { current: { status: 'connected' } })
    await untilReceiving(ben, 'frames', 'energy')
    expect(await ann.page.evaluate(() => window.watched.held())).toEqual({ connections: 1, tracks: 2 })
  })

  it('[NO10] is waited for, and the call ends when it does not come back', async () => {
    const { ann, ben } = await openPair()
    await call(ann, ben, 'ben')
    await ann.page.close({ runBeforeUnload: true })
    await untilState(ben, { current: { status: 'reconnecting' } })
    await expect
      .poll(() => ben.page.evaluate(() => window.sdk.state().current))
      .toMatchObject({ status: 'ended', reason: 'hung_up', endedHere: false })
    await untilReleased(ben)
  })

  it('[NO10] hangs up at once with a page of V2, which can connect once', async () => {
    const { person, v2Person, server } = await openCalls(chromium)
    const [ann, vera] = [await person('ann'), await v2Person()]
    await callV2Page(ann, vera)
    await reload(ann, server.url, 'ann')
    await untilV2Page(vera, { ended: true })
    await untilState(ann, { current: null })
  })

  it('[NO10] rings again where it rang', async () => {
    const { ann, ben, reload } = await openPair()
    expect(await start(ann, 'ben')).toBeNull()
    const callId = await untilRinging(ben)
    await reload(ben, 'ben')
    expect(await untilRinging(ben)).toBe(callId)
    expect(await accept(ben)).toBeNull()
    for (const one of [ann, ben]) await untilState(one, { current: { status: 'connected' } })
  })

  it('[NO10] cancels a call that rings', async () => {
    const { ann, ben, reload } = await openPair()
    expect(await start(ann, 'ben')).toBeNull()
    await untilRinging(ben)
    await reload(ann, 'ann')
    await untilState(ben, { incoming: [] })
    await untilState(ann, { current: null })
  })
})

const connectedAt = ({ page }: Person) => page.evaluate(() => window.sdk.state().current?.connectedAt ?? null)

async function reload({ page }: Person, url: string, user_id: string): Promise<void> {
  await page.reload()
  await page.evaluate(([url, id]) => window.sdk.open(url, id), [url, user_id] as const)
}

type Moment = 'the server is asked' | 'microphone and camera are opened'

/** Hangs up at a moment of the way back into the call. Resolves to how often the page has asked for devices. */
async function comeBackAndHangUp({ page }: Person, url: string, moment: Moment): Promise<number> {
  return page.evaluate(
    async ([url, moment]) => {
      const opened = window.sdk.open(url, 'ann')
      const { calls, request } = window.sdk.client
      const { resumeCall } = request
      const { mediaDevices } = navigator
      const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices)
      let devicesAsked = 0
      await new Promise<void>((resolve) => {
        Object.assign(request, {
          async resumeCall(payload: Parameters<typeof resumeCall>[0]) {
            const answer = await resumeCall(payload)
            if (moment === 'the server is asked') resolve(calls.hangUp())
            return answer
          },
        })
        mediaDevices.getUserMedia = async (constraints) => {
          devicesAsked += 1
          const stream = await getUserMedia(constraints)
          if (moment === 'microphone and camera are opened') resolve(calls.hangUp())
          return stream
        }
      })
      await opened
      return devicesAsked
    },
    [url, moment] as const,
  )
}
