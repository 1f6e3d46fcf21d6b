import { describeInChromium } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { openCalls, start, untilState } from '../testing/people.ts'

describeInChromium('the options of calls', (chromium) => {
  it('[SE9] takes other ICE servers for the next call, on the same client', async () => {
    const { person } = await openCalls(chromium)
    const [ann] = [await person('ann'), await person('ben')]
    await ann.page.evaluate(() => {
      const Original = window.RTCPeerConnection
      const used: unknown[] = []
      window.RTCPeerConnection = class extends Original {
        constructor(configuration?: RTCConfiguration) {
          super(configuration)
          used.push(configuration?.iceServers)
        }
      }
      Object.assign(window, { used })
    })
    const ring = async (): Promise<void> => {
      expect(await start(ann, 'ben', false)).toBeNull()
      await untilState(ann, { current: { status: 'ringing' } })
    }
    await ring()
    await ann.page.evaluate(() =>
      window.sdk.client.update({ calls: { iceServers: [{ urls: 'stun:127.0.0.1:9' }] } }),
    )
    await untilState(ann, { current: { status: 'ringing' } })
    await ring()
    const used = await ann.page.evaluate(() => (window as unknown as { used: unknown[] }).used)
    expect(used).toEqual([[], [{ urls: 'stun:127.0.0.1:9' }]])
  })
})
