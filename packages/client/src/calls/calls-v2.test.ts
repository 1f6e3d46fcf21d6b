import { describeInChromium, untilReceiving, untilReleased, untilV2Page } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import {
  accept,
  callV2Page,
  ended,
  hangUp,
  openCalls,
  start,
  untilRinging,
  untilState,
} from '../testing/people.ts'

/** `pnpm prove calls` calls twenty times. */
const rounds = process.env.CALL_PROOF ? 20 : 1

describeInChromium('a call with a V2 page', (chromium) => {
  it('carries sound and picture when the page is called, and ends with it', async () => {
    const { person, v2Person } = await openCalls(chromium)
    const [ann, vera] = [await person('ann'), await v2Person()]
    await start(ann, (await vera.page.evaluate(() => window.v2.id)) ?? '')
    await untilV2Page(vera, { call: { from: 'ann', name: 'ann' } })
    await vera.page.evaluate(() => window.v2.answerCall())
    await untilV2Page(vera, { connected: true })
    await untilState(ann, { current: { status: 'connected', remote: ['audio', 'video'], remoteMedia: null } })
    for (const one of [ann, vera]) await untilReceiving(one, 'frames', 'energy')
    await vera.page.evaluate(() => window.v2.leaveCall())
    await untilState(ann, ended('hung_up'))
    await untilReleased(ann)
    await untilV2Page(vera, { heard: [] })
  })

  it('carries sound and picture when the page calls, and ends with us', async () => {
    const { person, v2Person } = await openCalls(chromium)
    const [ann, vera] = [await person('ann'), await v2Person()]
    await vera.page.evaluate(() => window.v2.callUser('ann'))
    await untilRinging(ann)
    await untilState(ann, { incoming: [{ name: 'Vera', hasVideo: true }] })
    expect(await accept(ann)).toBeNull()
    await untilV2Page(vera, { connected: true })
    await untilState(ann, { current: { status: 'connected', remote: ['audio', 'video'], remoteMedia: null } })
    for (const one of [ann, vera]) await untilReceiving(one, 'frames', 'energy')
    await hangUp(ann)
    await untilV2Page(vera, { ended: true, heard: [] })
    for (const one of [ann, vera]) await untilReleased(one)
  })

  it.each([
    ['the page', true],
    ['the page', false],
    ['our client', true],
    ['our client', false],
  ])(
    'connects each time that %s calls, with trickle %s',
    { timeout: 120_000 + rounds * 10_000 },
    async (who, trickle) => {
      const { person, v2Person } = await openCalls(chromium)
      const ann = await person('ann')
      for (let round = 0; round < rounds; round++) {
        // V2's pages listen anew for each call that they make, and never stop: one is loaded again after each.
        const vera = await v2Person()
        await vera.page.evaluate((trickle) => {
          const scope = window as unknown as { SimplePeer: new (options: object) => object }
          const Original = scope.SimplePeer
          scope.SimplePeer = class extends Original {
            constructor(options: object) {
              super({ ...options, trickle })
            }
          }
        }, trickle)
        if (who === 'the page') {
          await vera.page.evaluate(() => window.v2.callUser('ann'))
          expect(await accept(ann)).toBeNull()
        } else {
          await callV2Page(ann, vera)
        }
        await untilV2Page(vera, { connected: true })
        await untilState(ann, { current: { status: 'connected' } })
        for (const one of [ann, vera]) await untilReceiving(one, 'frames', 'energy')
        await hangUp(ann)
        await untilV2Page(vera, { ended: true, heard: [] })
        await vera.context.close()
      }
    },
  )
})
