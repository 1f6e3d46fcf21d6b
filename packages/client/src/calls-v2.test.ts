import { describeInChromium, expectLetGo, receives, v2Comes } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { accept, comes, ended, hangUp, openCalls, rings, start } from './testing/people.ts'

describeInChromium('a call with a V2 page', (chromium) => {
  it('carries sound and picture when the page is called, and ends with it', async () => {
    const { person, v2Person } = await openCalls(chromium)
    const [ann, vera] = [await person('ann'), await v2Person()]
    await start(ann, (await vera.page.evaluate(() => window.v2.id)) ?? '')
    await v2Comes(vera, { call: { from: 'ann', name: 'ann' } })
    await vera.page.evaluate(() => window.v2.answerCall())
    await v2Comes(vera, { connected: true })
    await comes(ann, { current: { status: 'connected', remote: ['audio', 'video'], remoteMedia: null } })
    for (const one of [ann, vera]) await receives(one, 'frames', 'energy')
    await vera.page.evaluate(() => window.v2.leaveCall())
    await comes(ann, ended('hung_up'))
    await expectLetGo(ann)
    await v2Comes(vera, { heard: [] })
  })

  it('carries sound and picture when the page calls, and ends with us', async () => {
    const { person, v2Person } = await openCalls(chromium)
    const [ann, vera] = [await person('ann'), await v2Person()]
    await vera.page.evaluate(() => window.v2.callUser('ann'))
    await rings(ann)
    await comes(ann, { incoming: [{ name: 'Vera', hasVideo: true }] })
    expect(await accept(ann)).toBeNull()
    await v2Comes(vera, { connected: true })
    await comes(ann, { current: { status: 'connected', remote: ['audio', 'video'], remoteMedia: null } })
    for (const one of [ann, vera]) await receives(one, 'frames', 'energy')
    await hangUp(ann)
    await v2Comes(vera, { ended: true, heard: [] })
    for (const one of [ann, vera]) await expectLetGo(one)
  })
})
