import { describeInChromium } from '@dowellchat/browser'
import { startServer } from '@dowellchat/server/testing'
import { expect, it, onTestFinished } from 'vitest'
import { openClient } from '../testing/chat.ts'
import { call, hangUp, openCalls, start, untilState } from '../testing/people.ts'
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

  it('asks the server for ICE servers, once for several calls', async () => {
    const { pages } = await openCalls(chromium)
    const server = await startServer({ iceServers: { stun: ['stun:127.0.0.1:9'] } })
    onTestFinished(() => server.close())
    const [ann, ben] = [await chromium.open(pages.url), await chromium.open(pages.url)]
    for (const [one, name] of [
      [ann, 'ann'],
      [ben, 'ben'],
    ] as const)
      await one.page.evaluate(([url, name]) => window.sdk.open(url, name), [server.url, name] as const)
    await ann.page.evaluate(() => {
      const { request } = window.sdk.client
      const ask = request.get_ice_servers
      const seen = { asked: 0, used: [] as unknown[] }
      Object.assign(request, {
        get_ice_servers(payload: Parameters<typeof ask>[0]) {
          seen.asked += 1
          return ask(payload)
        },
      })
      const Original = window.RTCPeerConnection
      window.RTCPeerConnection = class extends Original {
        constructor(configuration?: RTCConfiguration) {
          super(configuration)
          seen.used.push(configuration?.iceServers)
        }
      }
      Object.assign(window, { seen })
      window.sdk.client.update({ calls: { iceServers: [{ urls: 'stun:127.0.0.1:10' }] } })
    })
    for (let times = 0; times < 2; times++) {
      await call(ann, ben, 'ben')
      await hangUp(ann)
    }
    const servers = [{ urls: 'stun:127.0.0.1:10' }, { urls: ['stun:127.0.0.1:9'] }]
    expect(await ann.page.evaluate(() => Reflect.get(window, 'seen'))).toMatchObject({
      asked: 1,
      used: [servers, servers],
    })
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
      .poll(() => conversation.getSnapshot().messages.map(({ message }) => message.kind))
      .toContain('called')
    const other = await cat.page.evaluate(() =>
      window.sdk.failure(window.sdk.client.calls.start('meg', { video: false, ticketId: 'none' })),
    )
    expect(other).toMatchObject({ code: 'not_found' })
  })
})
