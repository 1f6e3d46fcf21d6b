import { describeInChromium, untilReceiving, untilReleased } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import {
  accept,
  call,
  ended,
  hangUp,
  openCalls,
  type Person,
  start,
  untilRinging,
  untilState,
  werePaused,
} from '../testing/people.ts'

/** The server waits 15 s. `pnpm prove calls` cuts for nearly as long. */
const cutsMs = process.env.CALL_PROOF ? [1_000, 5_000, 14_000] : [1_000, 5_000]

describeInChromium('a call whose connections are cut', (chromium) => {
  /** Two people, of whom the first has a link that can be cut. */
  async function openPair() {
    const { person, server, pages } = await openCalls(chromium)
    const link = await server.link()
    const opened = await chromium.open(pages.url)
    await opened.page.evaluate((url) => window.sdk.open(url, 'ann'), link.url)
    await keepConnection(opened)
    const ben = await person('ben')
    await keepConnection(ben)
    return { ann: opened, ben, link }
  }

  it.each(cutsMs)('[NO8] carries on while the server is away for %i ms', async (ms) => {
    const { ann, ben, link } = await openPair()
    await call(ann, ben, 'ben')
    link.offline()
    const cutAt = performance.now()
    await untilOnline(ann, false)
    await Promise.all([ann, ben].map((one) => untilReceiving(one, 'frames', 'energy')))
    await ann.page.waitForTimeout(Math.max(0, cutAt + ms - performance.now()))
    link.online()
    await untilOnline(ann)
    // Longer than the server may take to say that it knows the call.
    await ann.page.waitForTimeout(6_000)
    for (const one of [ann, ben]) {
      expect(await statuses(one)).not.toContain('ended')
      if (!(await werePaused(ann, ben))) expect(await statuses(one)).not.toContain('reconnecting')
      await untilReceiving(one, 'frames', 'energy')
    }
    await hangUp(ann)
    await untilState(ben, ended('hung_up'))
  })

  it('[NO8] is lost for both when the server is away for good', async () => {
    const { ann, ben, link } = await openPair()
    await call(ann, ben, 'ben')
    link.offline()
    for (const one of [ann, ben]) {
      await expect
        .poll(() => one.page.evaluate(() => window.sdk.state().current), { timeout: 30_000, interval: 100 })
        .toMatchObject({ status: 'ended', reason: 'lost' })
      await untilReleased(one)
    }
    const [annAt = 0, benAt = 0] = await Promise.all([ann, ben].map(endedAt))
    console.info(`Lost for the one ${Math.abs(annAt - benAt)} ms before the other`)
    expect(Math.abs(annAt - benAt)).toBeLessThan(5_000)
  })

  it('hears of an answer that was given while the caller was away', async () => {
    const { ann, ben, link } = await openPair()
    await start(ann, 'ben')
    await untilRinging(ben)
    link.offline()
    await untilOnline(ann, false)
    await untilState(ann, { current: { status: 'ringing' } })
    expect(await accept(ben)).toBeNull()
    link.online()
    for (const one of [ann, ben]) {
      await untilState(one, { current: { status: 'connected' } })
      await untilReceiving(one, 'frames')
    }
  })

  it('rings again when the callee is back, and goes on when the answer was under way', async () => {
    const { ann, ben, link } = await openPair()
    await start(ben, 'ann')
    const callId = await untilRinging(ann)
    link.offline()
    await untilState(ann, { incoming: [] })
    link.online()
    await untilRinging(ann)
    const lost = link.dropNext('ack', callId)
    const accepted = accept(ann)
    await lost
    link.cut()
    expect(await accepted).toBeNull()
    for (const one of [ann, ben]) {
      await untilState(one, { current: { status: 'connected' }, incoming: [] })
      await untilReceiving(one, 'frames')
    }
  })

  it.each(['caller', 'callee'])('connects anew when the network of the %s changes', async (who) => {
    const { ann, ben } = await openPair()
    await call(ann, ben, 'ben')
    const moving = who === 'caller' ? ann : ben
    const before = [await way(ann), await way(ben)]
    await moving.page.evaluate(() => void window.dispatchEvent(new Event('online')))
    await expect.poll(async () => [await way(ann), await way(ben)]).not.toEqual(before)
    for (const one of [ann, ben]) {
      await expect.poll(() => way(one)).not.toBe(before[one === ann ? 0 : 1])
      await untilReceiving(one, 'frames', 'energy')
      expect(await statuses(one)).not.toContain('ended')
    }
  })

  it('connects anew once the server is back, when the network changed meanwhile', async () => {
    const { ann, ben, link } = await openPair()
    await call(ann, ben, 'ben')
    const before = await way(ann)
    link.offline()
    await untilOnline(ann, false)
    await ann.page.evaluate(() => void window.dispatchEvent(new Event('online')))
    await ann.page.waitForTimeout(1_000)
    expect(await way(ann)).toBe(before)
    link.online()
    await expect.poll(() => way(ann)).not.toBe(before)
    for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
  })

  it.each(['caller', 'callee'])('shows that it is interrupted for the %s, until it is not', async (who) => {
    const { ann, ben } = await openPair()
    await call(ann, ben, 'ben')
    const one = who === 'caller' ? ann : ben
    const before = await way(one)
    await one.page.evaluate(() => window.connection.pretend('disconnected'))
    await untilState(one, { current: { status: 'reconnecting' } })
    await expect.poll(() => way(one)).not.toBe(before)
    await one.page.evaluate(() => window.connection.pretend(null))
    await untilState(one, { current: { status: 'connected' } })
    await untilReceiving(one, 'frames')
  })
})

/** The page's newest connection to another one. */
interface KeptConnection {
  /** What names the way that its packets take; another one after it has connected anew. */
  way(): string | undefined
  /** Shows another state than it has; null shows its own again. */
  pretend(state: RTCPeerConnectionState | null): void
}

declare global {
  interface Window {
    connection: KeptConnection
  }
}

async function keepConnection({ page }: Person): Promise<void> {
  await page.evaluate(() => {
    let newest: RTCPeerConnection | undefined
    const Original = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        newest = this
      }
    }
    window.connection = {
      way: () => /a=ice-ufrag:(\S+)/.exec(newest?.currentLocalDescription?.sdp ?? '')?.[1],
      pretend(state) {
        if (!newest) return
        if (state) Object.defineProperty(newest, 'connectionState', { value: state, configurable: true })
        else Reflect.deleteProperty(newest, 'connectionState')
        newest.dispatchEvent(new Event('connectionstatechange'))
      },
    }
  })
}

const way = ({ page }: Person) => page.evaluate(() => window.connection.way())
const endedAt = ({ page }: Person) =>
  page.evaluate(() => Date.parse(window.sdk.state().current?.endedAt ?? ''))
const statuses = ({ page }: Person) => page.evaluate(() => window.sdk.statuses)

async function untilOnline({ page }: Person, isOnline = true): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => window.sdk.client.connection.getSnapshot().status === 'online'))
    .toBe(isOnline)
}
