import { describeInChromium, untilReceiving, untilReleased } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { ended, openCalls, start, untilRinging, untilState } from '../testing/people.ts'

describeInChromium('two who call each other', (chromium) => {
  it('are in one call, without a prompt, when the one rings already', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    expect(await start(ann, 'ben')).toBeNull()
    await untilRinging(ben)
    expect(await start(ben, 'ann')).toBeNull()
    await untilState(ann, { current: { status: 'connected', direction: 'outgoing' }, incoming: [] })
    await untilState(ben, { current: { status: 'connected', with: 'ann', userId: 'ann' }, incoming: [] })
    const ids = await Promise.all(
      [ann, ben].map(({ page }) => page.evaluate(() => window.sdk.state().current?.callId)),
    )
    expect(ids[0]).toBe(ids[1])
    for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
  })

  it('are in one call when they call at the same time, and it ends for both', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    expect(await Promise.all([start(ann, 'ben'), start(ben, 'ann')])).toEqual([null, null])
    for (const one of [ann, ben]) {
      await untilState(one, { current: { status: 'connected' }, incoming: [] })
      await untilReceiving(one, 'frames', 'energy')
      expect(await one.page.evaluate(() => window.watched.held())).toEqual({ connections: 1, tracks: 2 })
    }
    await ann.page.evaluate(() => window.sdk.client.calls.hangUp())
    for (const one of [ann, ben]) {
      await untilState(one, { ...ended('hung_up'), incoming: [] })
      await untilReleased(one)
    }
  })
})

describeInChromium('a call that nobody answers', (chromium) => {
  it('says whether the callee is busy', async () => {
    const { person } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await start(ann, 'ben')
    const callId = await untilRinging(ben)
    await ben.page.evaluate(
      (callId) => window.sdk.client.request.rejectCall({ callId, reason: 'busy' }),
      callId,
    )
    await untilState(ann, ended('busy'))
    await untilReleased(ann)
  })

  it('ends as missed for both', async () => {
    const { person, server } = await openCalls(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    await start(ann, 'ben')
    await untilRinging(ben)
    await server.clock.advance(45_000)
    await untilState(ann, ended('missed'))
    await untilState(ben, { current: null, incoming: [] })
    await untilReleased(ann)
  })
})
