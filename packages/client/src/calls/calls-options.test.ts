import { describeInChromium } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { openClient } from '../testing/chat.ts'
import { hangUp, openCalls, start, untilState } from '../testing/people.ts'
import { online } from '../tickets/testing/open-desk.ts'

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

  it('[TQ13] tells the conversation of the ticket that it is about', async () => {
    const { person, server } = await openCalls(chromium)
    const [cat] = [await person('cat'), await person('meg')]
    const admin = await online(openClient(server.url, 'admin', { role: 'admin' }))
    const customer = await online(openClient(server.url, 'cat'))
    await admin.topics.create({ name: 'billing' })
    const { _id } = await customer.tickets.create({ product: 'billing' })
    const failure = await cat.page.evaluate(
      (ticketId) => window.sdk.failure(window.sdk.client.calls.start('meg', { video: false, ticketId })),
      _id,
    )
    expect(failure).toBeNull()
    await untilState(cat, { current: { status: 'ringing' } })
    await hangUp(cat)
    const conversation = customer.tickets.messages(_id)
    onTestFinished(conversation.retain())
    await expect
      .poll(() => conversation.getSnapshot().messages.map(({ message }) => message.kind), { timeout: 10_000 })
      .toContain('called')
    const other = await cat.page.evaluate(() =>
      window.sdk.failure(window.sdk.client.calls.start('meg', { video: false, ticketId: 'none' })),
    )
    expect(other).toMatchObject({ code: 'not_found' })
  })
})
