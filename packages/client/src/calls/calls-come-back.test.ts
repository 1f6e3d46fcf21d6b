import { describeInChromium, untilReceiving } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { call, openCalls, type Person, start, untilRinging, untilState } from '../testing/people.ts'

describeInChromium('a page that comes back into its call', (chromium) => {
  async function openPair() {
    const { person, server } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    return { ann, ben, open: (one: Person, id: string) => open(one, server.url, id) }
  }

  const connected = { current: { status: 'connected' } }

  async function untilInCall(...people: readonly Person[]): Promise<void> {
    for (const one of people) {
      await untilState(one, connected)
      await untilReceiving(one, 'frames', 'energy')
    }
  }

  it('[NO10] is off hold where it has taken the call off while it connected', async () => {
    const { ann, ben, open } = await openPair()
    await call(ann, ben, 'ben')
    await ann.page.evaluate(() => window.sdk.client.calls.hold(true))
    await untilState(ben, { current: { hold: { here: false, there: true } } })
    await ann.page.reload()
    await open(ann, 'ann')
    await ann.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const { calls } = window.sdk.client
          const look = (): void => {
            if (calls.getSnapshot().current?.status !== 'reconnecting') return
            stop()
            calls.hold(false)
            resolve()
          }
          const stop = calls.subscribe(look)
          look()
        }),
    )
    for (const one of [ann, ben]) {
      await untilState(one, { current: { status: 'connected', hold: { here: false, there: false } } })
      await untilReceiving(one, 'frames', 'energy')
    }
  })

  it('[NO10] connects anew where both are loaded again, whose calls had crossed', async () => {
    const { ann, ben, open } = await openPair()
    expect(await start(ann, 'ben')).toBeNull()
    await untilRinging(ben)
    expect(await start(ben, 'ann')).toBeNull()
    for (const one of [ann, ben]) await untilState(one, connected)
    for (let times = 0; times < 2; times++) {
      await Promise.all([ann, ben].map(({ page }) => page.reload()))
      await Promise.all([open(ann, 'ann'), open(ben, 'ben')])
      await untilInCall(ann, ben)
    }
  })

  it('[NO10] leaves alone what the other page still sends about the connection before', async () => {
    const { ann, ben, open } = await openPair()
    await call(ben, ann, 'ann')
    await ann.page.reload()
    // Its own offer waits until the other page has renewed that of the connection before.
    await ann.page.evaluate(() => {
      const { createOffer } = RTCPeerConnection.prototype
      const held: (() => void)[] = []
      Object.assign(window, { held })
      Object.assign(RTCPeerConnection.prototype, {
        async createOffer() {
          Object.assign(RTCPeerConnection.prototype, { createOffer })
          await new Promise<void>((resolve) => held.push(resolve))
          return Reflect.apply(createOffer, this, [])
        },
      })
    })
    await open(ann, 'ann')
    await ann.page.waitForFunction(() => Reflect.get(window, 'held').length === 1)
    const renewed = ann.page.evaluate(
      () => new Promise<void>((resolve) => window.sdk.client.on.callSignal(() => setTimeout(resolve, 200))),
    )
    await ben.page.evaluate(() => void window.dispatchEvent(new Event('online')))
    await renewed
    await ann.page.evaluate(() => Reflect.get(window, 'held')[0]())
    await untilInCall(ann, ben)
  })

  it('[NO10] comes back although its clock was set back meanwhile', async () => {
    const { ann, ben, open } = await openPair()
    await call(ann, ben, 'ben')
    await ann.page.reload()
    await ann.page.evaluate(() => {
      const { now } = Date
      Date.now = () => now() - 3_600_000
    })
    await open(ann, 'ann')
    await untilInCall(ann, ben)
  })
})

async function open({ page }: Person, url: string, user_id: string): Promise<void> {
  await page.evaluate(([url, id]) => window.sdk.open(url, id), [url, user_id] as const)
}
