import { describeInChromium, openV2Page, untilV2Page } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, openDemo, reads, say } from './support/demo.ts'

describeInChromium('chat', (chromium) => {
  it('goes both ways between two people', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await say(ann, 'Hello Ben')
    await reads(ben, 'Hello Ben')
    await say(ben, 'Hello Ann')
    for (const one of [ann, ben]) {
      await reads(one, 'Hello Ben', 'Hello Ann')
      expect(one.complaints).toEqual([])
    }
  })

  it('goes both ways with a page of V2', async () => {
    const { url } = await openDemo()
    const [ann, vera] = [await enter(chromium, url, 'Ann'), await openV2Page(chromium, url)]
    await vera.page.evaluate(() => window.v2.join('lobby'))
    await say(ann, 'Hello Vera')
    await untilV2Page(vera, { lines: expect.arrayContaining(['Hello Vera']) })
    await vera.page.evaluate(() => window.v2.say('lobby', 'Hello Ann'))
    await reads(ann, 'Hello Vera', 'Hello Ann')
  })
})
