import {
  describeInChromium,
  openV2Page,
  untilReceiving,
  untilReleased,
  untilV2Page,
} from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, fill, goTo, openDemo, type Person, press, sees } from './support/demo.ts'

async function call(caller: Person, name: string): Promise<void> {
  await goTo(caller, 'Calls')
  await fill(caller, 'Who to call', name)
  await press(caller, 'Call')
}

describeInChromium('a call', (chromium) => {
  it.each(['caller', 'callee'])('carries sound and picture both ways until the %s hangs up', async (who) => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await call(ann, 'ben')
    await press(ben, 'Accept')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
    await press(who === 'caller' ? ann : ben, 'Hang up')
    for (const one of [ann, ben]) {
      await untilReleased(one)
      await sees(one, /Call ended|hung up/i)
      expect(one.complaints).toEqual([])
    }
  })

  it('ends on both sides when it is declined', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await call(ann, 'ben')
    await press(ben, 'Decline')
    await sees(ann, /declined/i)
    await ben.page.getByRole('button', { name: 'Decline' }).waitFor({ state: 'detached' })
    for (const one of [ann, ben]) await untilReleased(one)
  })

  it('goes to a page of V2 and comes from one', async () => {
    const { url } = await openDemo()
    const [ann, vera] = [await enter(chromium, url, 'Ann'), await openV2Page(chromium, url)]
    await call(ann, (await vera.page.evaluate(() => window.v2.id)) ?? '')
    await untilV2Page(vera, { call: { name: 'Ann' } })
    await vera.page.evaluate(() => window.v2.answerCall())
    for (const one of [ann, vera]) await untilReceiving(one, 'frames', 'energy')
    await press(ann, 'Hang up')
    await untilV2Page(vera, { ended: true })
    for (const one of [ann, vera]) await untilReleased(one)

    await vera.page.evaluate(() => window.v2.callUser('ann'))
    await press(ann, 'Accept')
    for (const one of [ann, vera]) await untilReceiving(one, 'frames', 'energy')
    await vera.page.evaluate(() => window.v2.leaveCall())
    await sees(ann, /Call ended|hung up/i)
    for (const one of [ann, vera]) await untilReleased(one)
  })
})
