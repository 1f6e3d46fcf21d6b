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
    { timeout: 60_000 },
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

  it('[NO10] is waited for, and the call ends when it does not come back', { timeout: 60_000 }, async () => {
    const { ann, ben } = await openPair()
    await call(ann, ben, 'ben')
    await ann.page.close({ runBeforeUnload: true })
    await untilState(ben, { current: { status: 'reconnecting' } })
    await expect
      .poll(() => ben.page.evaluate(() => window.sdk.state().current), { timeout: 20_000 })
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
