import { describeInChromium, untilReceiving, untilStill, untilV2Page } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { call, callV2Page, openCalls, type Person, untilState } from '../testing/people.ts'

const hold = ({ page }: Person, isOn: boolean) =>
  page.evaluate((isOn) => window.sdk.client.calls.hold(isOn), isOn)
const held = (here: boolean, there: boolean) => ({ current: { status: 'connected', hold: { here, there } } })

describeInChromium('a call on hold', (chromium) => {
  it('[HL1] is silent and dark both ways until both have taken it off', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await call(ann, ben, 'ben')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')

    await hold(ann, true)
    await untilState(ann, held(true, false))
    await untilState(ben, held(false, true))
    for (const one of [ann, ben]) await untilStill(one, 'frames', 'energy')
    await hold(ben, true)
    await untilState(ann, held(true, true))
    await hold(ann, false)
    await untilState(ben, held(true, false))
    for (const one of [ann, ben]) await untilStill(one, 'frames', 'energy')
    expect(await ann.page.evaluate(() => window.watched.held())).toEqual({ connections: 1, tracks: 2 })

    await hold(ben, false)
    for (const one of [ann, ben]) {
      await untilState(one, held(false, false))
      await untilReceiving(one, 'frames', 'energy')
    }
  })

  it('[HL1] keeps what is turned on and off meanwhile to itself', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await call(ann, ben, 'ben')
    await hold(ann, true)
    await untilState(ben, held(false, true))
    await ann.page.evaluate(async () => {
      const { media } = window.sdk.client.calls
      await media.setCamera(false)
      await media.setCamera(true)
      await media.setScreen(true)
    })
    await untilStill(ben, 'frames', 'energy')
    await untilState(ben, { current: { remoteScreen: null } })
    await hold(ann, false)
    await untilState(ben, { current: { remoteScreen: ['video'] } })
    await untilReceiving(ben, 'frames', 'energy')
  })

  it('[HL1] sends nothing to a page of V2', async () => {
    const { person, v2Person } = await openCalls(chromium)
    const [ann, vera] = [await person('ann'), await v2Person()]
    await callV2Page(ann, vera)
    await untilReceiving(vera, 'frames', 'energy')
    await hold(ann, true)
    await untilStill(vera, 'frames', 'energy')
    await hold(ann, false)
    await untilReceiving(vera, 'frames', 'energy')
    await untilV2Page(vera, { heard: [] })
  })
})
